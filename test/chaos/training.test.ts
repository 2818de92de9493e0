import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMetricsLines, runFiles } from '../../src/run/folder.ts';
import { isLong, random, record, times } from '../support/chaos.ts';
import { type Finished, type RunOptions, runCli } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
const steps = times(6, 60);
let config: string;
const whole = folder.at('whole');
/** Milliseconds of the undisturbed run from its first step on. */
let duration = 0;

/** Starts the run in a folder, or resumes it if it has a checkpoint. */
function train(out: string, options?: RunOptions): Promise<Finished> {
  const resumes = existsSync(join(out, runFiles.checkpoint));
  return runCli(['train', '--out', out, ...(resumes ? ['--resume'] : ['--config', config])], options);
}

/** Calls a function when the run has begun, and after a random part of an undisturbed run. */
const disturb = (act: (pid: number) => void): RunOptions => ({
  onStart: (child) => {
    let begun = false;
    child.stderr?.on('data', async (text: string) => {
      if (begun || !text.includes('training on')) return;
      begun = true;
      await sleep(random.integer(Math.max(1, Math.round(duration / 8))));
      if (child.exitCode === null) act(child.pid!);
    });
  },
});

const isFinished = (out: string) => existsSync(join(out, runFiles.last));

function expectSameResult(out: string): void {
  for (const file of [runFiles.checkpoint, runFiles.last]) {
    const [ours, theirs] = [out, whole].map((each) => readFileSync(join(each, file)));
    expect(ours.equals(theirs), file).toBe(true);
  }
  const metrics = parseMetricsLines(readFileSync(join(out, runFiles.metrics), 'utf8'));
  expect(new Set(metrics.map(({ step }) => step)).size).toBe(steps);
}

/** Loaded into the process: a clock that is set back or forward, by up to half a day, at every reading. */
const jumpingClock = `
  const now = Date.now.bind(Date);
  let state = 1;
  Date.now = () => {
    state = (state * 48271) % 0x7fffffff;
    return now() + Math.round((state / 0x7fffffff - 0.5) * 24 * 3600 * 1000);
  };`;

beforeAll(async () => {
  const model = await importTiny('mask-v1', folder.path);
  const data = writeSquares(folder.path, 4, 1);
  const training = { steps, batchSize: 2, checkpointEvery: 1, emaDecay: 0.9, workers: 0, threads: 1 };
  config = folder.write('config.json', { train: { data, images: folder.path }, from: model, training });
  let begun = 0;
  const { status, stderr } = await train(whole, {
    onStart: (child) => {
      child.stderr?.on('data', (text: string) => {
        if (text.includes('training on')) begun = performance.now();
      });
    },
  });
  expect(status, stderr).toBe(0);
  duration = performance.now() - begun;
});
afterAll(() => folder.remove());

describe('a training run', { timeout: 3_600_000 }, () => {
  // The short selection leaves kills and full disks to test/e2e/train.test.ts and train-disk-full.test.ts.
  test.skipIf(!isLong)('that is killed again and again gives the same bytes (npm run chaos)', async () => {
    const out = folder.at('killed');
    const signals: NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT'];
    let kills = 0;
    for (; kills < 30 && !isFinished(out); kills++) {
      const signal = signals[kills % 2 === 0 ? 0 : 1 + random.integer(2)];
      const { stderr } = await train(
        out,
        disturb((pid) => process.kill(pid, signal)),
      );
      expect(stderr).not.toMatch(/unexpected error|^\s+at /m);
    }
    if (!isFinished(out)) expect((await train(out)).status).toBe(0);
    expectSameResult(out);
    record({ kills });
  });

  test('whose clock jumps gives the same bytes and sensible speeds', async () => {
    const out = folder.at('jumping');
    const { status, stderr } = await train(out, {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(jumpingClock)}` },
    });
    expect(status, stderr).toBe(0);
    expectSameResult(out);
    for (const { step, picturesPerSecond } of parseMetricsLines(
      readFileSync(join(out, runFiles.metrics), 'utf8'),
    ))
      expect(picturesPerSecond, `step ${step}`).toBeGreaterThan(0);
    // Pictures of a tiny model take milliseconds; a clock that jumps would show days.
    expect(stderr).not.toMatch(/\d+ h/);
  });
});

const disk = folder.at('disk');

/** Mounts a small disk, which needs root on Linux. @returns Whether it succeeded. */
function mountDisk(): boolean {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const mounted = isLong && mountDisk();
const reason = isLong ? 'no small disk can be mounted here, which takes root on Linux' : 'npm run chaos';
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
});

describe.skipIf(!mounted)(
  `a training run whose disk is filled${mounted ? '' : ` (skipped: ${reason})`}`,
  { timeout: 3_600_000 },
  () => {
    test('at any moment stops with one line, and resumes to the same bytes', async () => {
      const out = join(disk, 'run');
      const filler = join(disk, 'filler');
      const figures = { filled: 0, stopped: 0 };
      for (let round = 0; round < 15 && !isFinished(out); round++) {
        const { status, stderr } = await train(
          out,
          disturb(() => {
            figures.filled++;
            fillDisk(filler);
          }),
        );
        rmSync(filler, { force: true });
        if (status === 0) continue;
        figures.stopped++;
        expect(status, stderr).toBe(1);
        const lines = stderr.split('\n').filter((line) => /ENOSPC|^\s+at |unexpected error/.test(line));
        expect(lines, stderr).toHaveLength(1);
        expect(lines[0]).toMatch(/^mask-rcnn: \S+: cannot be written \(ENOSPC/);
        expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      }
      if (!isFinished(out)) expect((await train(out)).status).toBe(0);
      expectSameResult(out);
      record(figures);
    });
  },
);

/** Leaves a few free kilobytes, more or fewer. */
function fillDisk(filler: string): void {
  const { bavail, bsize } = statfsSync(disk);
  const free = Number(bavail) * Number(bsize);
  const bytes = Buffer.alloc(Math.max(0, free - random.integer(20) * 1024));
  try {
    writeFileSync(filler, bytes);
  } catch (error) {
    // The run has written something meanwhile: nothing is left free.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
