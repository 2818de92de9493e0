import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../src/core/random.ts';
import { JsonLines } from './json-lines.ts';
import { torchPython } from './python.ts';
import { type BenchCase, type BenchResult, median, thisMachine } from './result.ts';

const rounds = 5;
const threads = 2;
const peerScript = join(import.meta.dirname, '..', 'test', 'oracle', 'bench_training_graph.py');
const cache = join(import.meta.dirname, '..', '.cache', 'bench');

/** Forward and backward pass of each part, without the optimiser and the host's work. */
const parts = ['trunk', 'box', 'mask'] as const;

/**
 * The network's part of a training step of Mask R-CNN with ResNet-50-FPN: one picture of 800×1088, stem and
 * layer1 frozen; backbone, pyramid and RPN head; box head with 512 RoIs; mask head with 128. Ours against
 * torch, both with two threads, each in its own process that stays loaded; requests alternate.
 */
export async function bench(): Promise<BenchResult> {
  mkdirSync(cache, { recursive: true });
  const rois = join(cache, 'training-rois.json');
  writeFileSync(rois, JSON.stringify({ box: randomBoxes(512, 1), mask: randomBoxes(128, 2) }));

  const ours = JsonLines.program('training-graph-child.ts', rois, String(threads));
  const peer = existsSync(torchPython)
    ? new JsonLines(torchPython, [peerScript, rois, String(threads)])
    : null;
  try {
    const seconds = await alternate(peer ? [ours, peer] : [ours]);
    const peaks = [];
    for (const process of peer ? [ours, peer] : [ours]) {
      peaks.push((await process.ask<{ peakRssBytes: number }>({ quit: true })).peakRssBytes / 1e6);
    }
    const whole = seconds.map((byPart) =>
      byPart.trunk.map((trunk, round) => trunk + byPart.box[round] + byPart.mask[round]),
    );
    return {
      name: 'training-graph',
      ratio: peer ? ratio(whole[0], whole[1]) : null,
      ours: { seconds: median(whole[0]), allSeconds: whole[0], peakMb: peaks[0] },
      peer: peer ? { seconds: median(whole[1]), allSeconds: whole[1], peakMb: peaks[1] } : {},
      machine: thisMachine(),
      cases: {
        whole: benchCase(whole, peaks),
        ...Object.fromEntries(parts.map((part) => [part, benchCase(seconds.map((by) => by[part]))])),
      },
    };
  } finally {
    ours.kill();
    peer?.kill();
  }
}

type Seconds = Record<(typeof parts)[number], number[]>;

async function alternate(processes: readonly JsonLines[]): Promise<Seconds[]> {
  const seconds = processes.map((): Seconds => ({ trunk: [], box: [], mask: [] }));
  for (const part of parts) {
    // The first round is a warm-up and does not count.
    for (let round = -1; round < rounds; round++) {
      for (const [i, process] of processes.entries()) {
        const answer = await process.ask<{ seconds: number }>({ part });
        if (round >= 0) seconds[i][part].push(answer.seconds);
      }
    }
  }
  return seconds;
}

function benchCase([ours, peer]: readonly number[][], [oursMb, peerMb]: readonly number[] = []): BenchCase {
  const figures = (values: readonly number[], peak: number | undefined) => ({
    seconds: median(values),
    allSeconds: values,
    ...(peak === undefined ? {} : { peakMb: peak }),
  });
  return {
    ratio: peer ? ratio(ours, peer) : null,
    ours: figures(ours, oursMb),
    peer: peer ? figures(peer, peerMb) : {},
  };
}

function ratio(ours: readonly number[], peer: readonly number[]): number {
  return median(ours.map((value, round) => value / peer[round]));
}

/** Boxes of all sizes from 16 to 600 px and of aspect ratios up to 2, in a picture of 1066×800. */
function randomBoxes(count: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const size = 16 * (600 / 16) ** random.uniform();
    const aspect = 2 ** (random.uniform() - 0.5);
    const [width, height] = [Math.min(size * aspect, 1066), Math.min(size / aspect, 800)];
    const x = random.uniform() * (1066 - width);
    const y = random.uniform() * (800 - height);
    return [x, y, x + width, y + height];
  });
}
