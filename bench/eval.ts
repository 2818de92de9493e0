import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { evalFiles } from './eval-data.ts';
import { type BenchCase, type BenchResult, type Figures, median, thisMachine } from './result.ts';

/**
 * `coco-eval` as a whole process (start, read both files, evaluate, print) against pycocotools,
 * faster-coco-eval and hotcoco doing the same, alternately, on a data set of the size of COCO's val2017.
 */
const root = resolve(import.meta.dirname, '..');
const kinds = ['segm', 'bbox'] as const;
const peers = ['pycocotools', 'faster-coco-eval', 'hotcoco'] as const;
/** Number of runs of each contender; fewer for the slow peer. */
const runs = { ours: 5, pycocotools: 2, 'faster-coco-eval': 5, hotcoco: 5 };
/** Largest difference between two figures that count as equal. */
const tolerance = 1e-9;

/** Module that is preloaded into our process: prints its peak memory in kilobytes when it exits. */
const reportMemory = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => console.error('maxrss', process.resourceUsage().maxRSS))",
)}`;

/** The result of one process. */
interface Run {
  readonly seconds: number;
  /** Megabytes. */
  readonly peakMemory: number;
  readonly stats: readonly number[];
}

export async function bench(): Promise<BenchResult> {
  build();
  const { groundTruth, results } = await evalFiles(resolve(root, '.cache/bench'));
  const cases: Record<string, BenchCase> = {};
  for (const kind of kinds) {
    const files = [kind, groundTruth, results] as const;
    const times = raceAlternately({
      ours: () => runOurs(...files),
      pycocotools: () => runPeer('pycocotools', files),
      'faster-coco-eval': () => runPeer('faster-coco-eval', files),
      hotcoco: () => runPeer('hotcoco', files),
    });
    for (const peer of peers) {
      cases[`${kind} against ${peer}`] = compare(times.ours, times[peer]);
    }
  }
  const headline = cases['segm against pycocotools'];
  return { name: 'eval', ...headline, machine: thisMachine(), cases };
}

function raceAlternately(
  contenders: Record<keyof typeof runs, () => Run | null>,
): Record<keyof typeof runs, Run[]> {
  const done: Record<keyof typeof runs, Run[]> = {
    ours: [],
    pycocotools: [],
    'faster-coco-eval': [],
    hotcoco: [],
  };
  for (let round = 0; round < runs.ours; round++) {
    for (const name of ['ours', ...peers] as const) {
      if (round >= runs[name]) continue;
      const run = contenders[name]();
      if (run === null) continue;
      done[name].push(run);
      process.stderr.write(`${name}: ${run.seconds.toFixed(2)} s, ${run.peakMemory.toFixed(0)} MB\n`);
    }
  }
  return done;
}

/** @throws Error if the two disagree on the figures, because their times are then not comparable. */
function compare(ours: readonly Run[], peer: readonly Run[]): BenchCase {
  if (peer.length === 0) return { ratio: null, ours: figuresOf(ours), peer: { note: 'not installed' } };
  const difference = Math.max(...ours[0].stats.map((value, i) => Math.abs(value - peer[0].stats[i])));
  if (!(difference <= tolerance)) throw new Error(`the figures differ by ${difference} from the peer's`);
  const seconds = (list: readonly Run[]) => median(list.map((run) => run.seconds));
  return { ratio: seconds(ours) / seconds(peer), ours: figuresOf(ours), peer: figuresOf(peer) };
}

function figuresOf(list: readonly Run[]): Figures {
  return {
    seconds: median(list.map((run) => run.seconds)),
    peakMemoryMb: median(list.map((run) => run.peakMemory)),
    allSeconds: list.map((run) => run.seconds),
    AP: list[0].stats[0],
  };
}

/** Builds the command as it is published: compiled, without a loader. */
function build(): void {
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('npm run build failed');
}

function runOurs(kind: string, groundTruth: string, results: string): Run {
  const main = resolve(root, 'dist/cli/main.js');
  const args = ['coco-eval', '--gt', groundTruth, '--dt', results, '--type', kind, '--json', '-'];
  const run = timed(process.execPath, ['--import', reportMemory, main, ...args]);
  if (run === null) throw new Error('coco-eval failed');
  const memory = /maxrss (\d+)/.exec(run.stderr);
  const { stats } = JSON.parse(run.stdout) as { stats: number[] };
  return { seconds: run.seconds, stats, peakMemory: Number(memory?.[1]) / 1024 };
}

function runPeer(name: string, files: readonly string[]): Run | null {
  const script = resolve(root, 'test/oracle/bench_eval.py');
  const run = existsSync(script) ? timed('python3', [script, name, ...files]) : null;
  if (run === null) return null;
  const { stats, maxrss } = JSON.parse(run.stdout) as { stats: number[]; maxrss: number };
  return { seconds: run.seconds, stats, peakMemory: maxrss / 1024 };
}

/** @returns Null if the program fails. */
function timed(command: string, args: readonly string[]) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = (performance.now() - start) / 1000;
  if (status === 0) return { seconds, stdout, stderr };
  process.stderr.write(`${command} ${args[0]}: ${(stderr ?? '').trim().split('\n').at(-1)}\n`);
  return null;
}
