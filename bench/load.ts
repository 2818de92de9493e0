import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cocoFile, train2017 } from './coco-file.ts';
import { type BenchResult, median, thisMachine } from './result.ts';

const rounds = 5;

interface Load {
  readonly seconds: number;
  readonly peakMb: number;
  readonly images: number;
  readonly annotations: number;
}

/**
 * Loading a file of the size of instances_train2017.json: our reader against `JSON.parse` of the whole file,
 * which produces the same records but no lookups. Each load runs in its own process, alternating.
 */
export async function bench(): Promise<BenchResult> {
  const path = await cocoFile(train2017);
  const ours: Load[] = [];
  const peer: Load[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await load('ours', path));
    peer.push(await load('peer', path));
  }
  const [seconds, peerSeconds] = [ours, peer].map((loads) => loads.map((one) => one.seconds));
  return {
    name: 'load',
    ratio: median(seconds.map((second, round) => second / peerSeconds[round])),
    ours: { ...figures(ours), fileMb: (await stat(path)).size / 1e6 },
    peer: figures(peer),
    machine: thisMachine(),
  };
}

async function load(contender: 'ours' | 'peer', path: string): Promise<Load> {
  const child = join(import.meta.dirname, 'load-child.ts');
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--import', 'tsx', child, contender, path]);
  const result: Load = JSON.parse(stdout);
  if (result.images !== train2017.images || result.annotations !== train2017.annotations) {
    throw new Error(`${contender} read ${result.images} images and ${result.annotations} annotations`);
  }
  return result;
}

function figures(loads: readonly Load[]) {
  return {
    seconds: median(loads.map(({ seconds }) => seconds)),
    allSeconds: loads.map(({ seconds }) => seconds),
    peakMb: Math.max(...loads.map(({ peakMb }) => peakMb)),
  };
}
