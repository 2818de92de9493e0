import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawNuclei } from '../examples/demo/draw-nuclei.ts';
import { importWeights } from '../src/predict/import-weights.ts';
import { writeModelFile } from '../src/predict/model-file.ts';
import { JsonLines } from './json-lines.ts';
import { type BenchResult, type Figures, median, thisMachine } from './result.ts';

const rounds = 7;
const threads = 2;
const python = '/usr/bin/python3';
const peerScript = join(import.meta.dirname, '..', 'test', 'oracle', 'bench_inference.py');
const cache = join(import.meta.dirname, '..', '.cache', 'bench');

interface Ready {
  loadSeconds: number;
  sinceStartSeconds: number;
}

interface Measured {
  seconds: number;
  secondsWithDecode: number;
  stageSeconds: Record<string, number>;
  proposals: number;
  detections: number;
  sinceStartSeconds: number;
}

/**
 * Mask R-CNN with ResNet-50-FPN and 91 classes on an 800×1066 picture, 1000 proposals and 100 detections, from
 * decoded pixels to bitmaps: ours against torchvision, both with two threads, each in a process of its own that
 * stays loaded, asked in turn.
 */
export async function bench(): Promise<BenchResult> {
  mkdirSync(cache, { recursive: true });
  const { weights, model } = await prepareModel();
  const picture = await preparePicture();

  const ours = await open(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'inference-child.ts'), model, String(threads)],
    picture,
  );
  const peer = await open(python, [peerScript, '--weights', weights, '--threads', String(threads)], picture);
  for (let round = 0; round < rounds; round++) {
    await ours.measure();
    await peer.measure();
  }
  return {
    name: 'inference',
    ratio: median(ours.seconds.map((seconds, round) => seconds / peer.seconds[round])),
    ours: await ours.close(),
    peer: await peer.close(),
    machine: thisMachine(),
  };
}

/** Starts one contender and lets it look at the picture once, which is not counted but for the start-up time. */
async function open(command: string, args: readonly string[], picture: string) {
  const contender = new JsonLines(command, args);
  const ready = await contender.answer<Ready>();
  const first = await contender.ask<Measured>({ picture });
  if (first.proposals !== 1000 || first.detections !== 100) {
    throw new Error(`${first.proposals} proposals and ${first.detections} detections, expected 1000 and 100`);
  }
  const measured: Measured[] = [];
  return {
    get seconds() {
      return measured.map(({ seconds }) => seconds);
    },
    async measure() {
      measured.push(await contender.ask<Measured>({ picture }));
    },
    async close(): Promise<Figures> {
      const { peakRssBytes } = await contender.ask<{ peakRssBytes: number }>({ quit: true });
      const of = (pick: (one: Measured) => number) => median(measured.map(pick));
      const stages = Object.keys(first.stageSeconds).map((stage) => [
        `stage ${stage}`,
        of((one) => one.stageSeconds[stage]),
      ]);
      return {
        seconds: of((one) => one.seconds),
        allSeconds: measured.map(({ seconds }) => seconds),
        secondsWithDecode: of((one) => one.secondsWithDecode),
        ...Object.fromEntries(stages),
        loadSeconds: ready.loadSeconds,
        startToFirstResult: first.sinceStartSeconds,
        peakMb: peakRssBytes / 1e6,
      };
    },
  };
}

/** The peer's weights, and our model file made of them. */
async function prepareModel(): Promise<{ weights: string; model: string }> {
  const weights = join(cache, 'inference.pth');
  const model = join(cache, 'inference.safetensors');
  if (!existsSync(weights))
    execFileSync(python, [peerScript, '--weights', weights, '--write-only'], { stdio: 'inherit' });
  if (!existsSync(model)) {
    const imported = await importWeights({ path: weights });
    await writeModelFile(model, imported.config, imported.weights);
    await imported.weights.close();
  }
  return { weights, model };
}

async function preparePicture(): Promise<string> {
  const path = join(cache, 'inference.png');
  const { picture } = drawNuclei({ seed: 1, width: 1066, height: 800 });
  const { width, height, data } = picture;
  writeFileSync(
    path,
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
  return path;
}
