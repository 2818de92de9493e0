import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chosenDevice, peerDevice } from './device.ts';
import { JsonLines } from './json-lines.ts';
import { torchPython } from './python.ts';
import { type BenchCase, type BenchResult, median, thisMachine } from './result.ts';
import { prepareCase, trainingCases } from './training-data.ts';

const rounds = 5;
const threads = 2;
const peerScript = join(import.meta.dirname, '..', 'test', 'oracle', 'bench_training.py');
const cache = join(import.meta.dirname, '..', '.cache', 'bench');

/**
 * Whole training steps, from a batch of resized pictures to updated weights, against torchvision with the
 * same weights, pictures, objects and sample sizes: `resnet50` is Mask R-CNN with ResNet-50-FPN, one picture
 * of 800×1066, three trainable stages and 512 RoIs; `small` resembles the shipped models, with four pictures
 * of 400×400. Both with two threads, each in its own process that stays loaded; requests alternate. `--device` is where ours
 * computes; torchvision then computes on an NVIDIA card.
 */
export async function bench(): Promise<BenchResult> {
  const only = process.env.BENCH_CASE;
  const names = Object.keys(trainingCases).filter((name) => only === undefined || name === only);
  const cases: Record<string, BenchCase> = {};
  for (const name of names) cases[name] = await race(name);
  const [first] = names;
  return { name: 'training', ...cases[first], machine: thisMachine(), cases };
}

async function race(name: string): Promise<BenchCase> {
  const folder = join(cache, `training-${name}`);
  await prepareCase(name, folder);
  const args = [name, folder, String(threads)];
  const device = chosenDevice();
  const ours = JsonLines.program('training-child.ts', ...args, device);
  const peer = existsSync(torchPython)
    ? new JsonLines(torchPython, [peerScript, ...args, peerDevice(device)])
    : null;
  const contenders = peer ? [ours, peer] : [ours];
  try {
    const answers: Answer[][] = contenders.map(() => []);
    // The first round is a warm-up and does not count.
    for (let round = -1; round < rounds; round++) {
      for (const [i, process] of contenders.entries()) {
        const answer = await process.ask<Answer>({ step: true });
        if (round >= 0) answers[i].push(answer);
      }
    }
    const figures = [];
    for (const [i, process] of contenders.entries()) {
      const { peakRssBytes } = await process.ask<{ peakRssBytes: number }>({ quit: true });
      figures.push(figuresOf(answers[i], peakRssBytes));
    }
    return { ratio: peer ? ratioOf(answers) : null, ours: figures[0], peer: figures[1] ?? {} };
  } finally {
    ours.kill();
    peer?.kill();
  }
}

interface Answer {
  seconds: number;
  losses: Record<string, number>;
}

function figuresOf(answers: readonly Answer[], peakRssBytes: number) {
  const lossNames = Object.keys(answers[0].losses);
  return {
    seconds: median(answers.map(({ seconds }) => seconds)),
    allSeconds: answers.map(({ seconds }) => seconds),
    peakMb: peakRssBytes / 1e6,
    ...Object.fromEntries(lossNames.map((loss) => [loss, median(answers.map(({ losses }) => losses[loss]))])),
  };
}

function ratioOf([ours, peer]: readonly Answer[][]): number {
  return median(ours.map(({ seconds }, round) => seconds / peer[round].seconds));
}
