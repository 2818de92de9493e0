import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawNuclei } from '../examples/demo/draw-nuclei.ts';
import { exportOnnx } from '../src/cli/models/export-onnx.ts';
import { importWeights } from '../src/import/import-weights.ts';
import { openModelFile, writeModelFile } from '../src/model-file/model-file.ts';
import { chosenDevice, peerDevice } from './device.ts';
import { JsonLines } from './json-lines.ts';
import { pythonWith, torchPython } from './python.ts';
import { type BenchCase, type BenchResult, type Figures, median, thisMachine } from './result.ts';

const rounds = 7;
/** `--v2`: torchvision's second version. */
const architecture = process.argv.includes('--v2') ? 'maskrcnn_resnet50_fpn_v2' : 'maskrcnn_resnet50_fpn';
const threads = 2;
const oracle = (name: string) => join(import.meta.dirname, '..', 'test', 'oracle', name);
const peerScript = oracle('bench_inference.py');
/** Programs that run the model as this package exports it, where PYTHON, or `python3`, has them. */
const exportPeers = [
  { program: 'onnxruntime', name: 'onnxruntime on our export', precision: 'f32' },
  { program: 'openvino', name: 'openvino on our export', precision: 'f32' },
  { program: 'openvino', name: 'openvino on our export, in bfloat16', precision: 'bf16' },
] as const;
const cache = join(import.meta.dirname, '..', '.cache', 'bench');

interface Ready {
  loadSeconds: number;
  sinceStartSeconds: number;
}

interface Measured {
  seconds: number;
  secondsWithDecode: number;
  stageSeconds: Record<string, number>;
  /** Not from programs that show only results. */
  proposals?: number;
  detections: number;
  sinceStartSeconds: number;
}

/**
 * Mask R-CNN with ResNet-50-FPN (`--v2`: torchvision's v2) and 91 classes on an 800×1066 picture, 1000 proposals and 100 detections,
 * from decoded pixels to bitmaps: ours against torchvision, both with two threads, each in its own process
 * that stays loaded; requests alternate. ONNX Runtime and OpenVINO run our export of the model. `--int8` quantises ours and the exported model;
 * `--device` is where it computes; torchvision then computes on an NVIDIA card.
 */
export async function bench(): Promise<BenchResult> {
  mkdirSync(cache, { recursive: true });
  const device = chosenDevice();
  const { weights, model } = await prepareModel();
  const picture = await preparePicture();
  const measured = process.argv.includes('--int8') ? quantized(model) : model;

  const ours = () => JsonLines.program('inference-child.ts', measured, String(threads), device);
  const peerComputes = ['--threads', String(threads), '--device', peerDevice(device)];
  const peers = new Map<string, Start>([
    ['torchvision', () => new JsonLines(torchPython, [...peerArguments(weights), ...peerComputes])],
    ...(device === 'cpu' ? await installedExportPeers(measured) : []),
  ]);
  const [own, ...others] = await alternate([ours, ...peers.values()], picture);
  const cases = [...peers.keys()].map((name, i) => [name, comparison(own, others[i])] as const);
  return {
    name: 'inference',
    ...comparison(own, others[0]),
    machine: thisMachine(),
    cases: Object.fromEntries(cases),
  };
}

type Start = () => JsonLines;

function comparison(ours: Contender, peer: Contender): BenchCase {
  return {
    ratio: median(ours.runs.map(({ seconds }, round) => seconds / peer.runs[round].seconds)),
    ours: figures(ours),
    peer: figures(peer),
  };
}

/** Those of `exportPeers` that are installed; a line says which are not. */
async function installedExportPeers(model: string): Promise<[name: string, start: Start][]> {
  const exported = model.replace(/\.safetensors$/, '.onnx');
  const programs = new Set(exportPeers.map(({ program }) => program));
  const interpreters = new Map([...programs].map((program) => [program, pythonWith([program, 'PIL'])]));
  for (const [program, interpreter] of interpreters)
    if (interpreter === null) console.warn(`without ${program}: python3, or PYTHON, lacks it or PIL`);
  const installed = exportPeers.flatMap((peer) => {
    const interpreter = interpreters.get(peer.program) ?? null;
    return interpreter === null ? [] : [{ ...peer, interpreter }];
  });
  if (installed.length === 0) return [];
  const { scoreThreshold } = (await openModelConfig(model)).box;
  const eightBits = process.argv.includes('--int8') ? ({ int8: true } as const) : {};
  await exportOnnx(model, { model, out: exported, paste: true, score: scoreThreshold, ...eightBits });
  return installed.map(({ program, name, precision, interpreter }) => {
    const settings = ['--threads', String(threads), '--precision', precision];
    return [
      name,
      () => new JsonLines(interpreter, [oracle('bench_onnx.py'), program, exported, ...settings]),
    ];
  });
}

async function openModelConfig(path: string) {
  const { config, weights } = await openModelFile(path);
  await weights.close();
  return config;
}

interface Contender {
  ready: Ready;
  /** The first picture, used only for the start-up time. */
  first: Measured;
  runs: Measured[];
  peakRssBytes: number;
}

/** Starts each contender when the one before has answered, so that no start disturbs another, and then asks them in turn. */
async function alternate(starts: readonly Start[], picture: string): Promise<Contender[]> {
  const processes: JsonLines[] = [];
  const contenders: Contender[] = [];
  try {
    for (const start of starts) {
      const process = start();
      processes.push(process);
      const ready = await process.answer<Ready>();
      const first = await process.ask<Measured>({ picture });
      if ((first.proposals ?? 1000) !== 1000 || first.detections !== 100) {
        throw new Error(
          `${first.proposals} proposals and ${first.detections} detections, expected 1000 and 100`,
        );
      }
      contenders.push({ ready, first, runs: [], peakRssBytes: 0 });
    }
    for (let round = 0; round < rounds; round++) {
      for (const [i, process] of processes.entries()) {
        contenders[i].runs.push(await process.ask<Measured>({ picture }));
      }
    }
    for (const [i, process] of processes.entries()) {
      contenders[i].peakRssBytes = (await process.ask<{ peakRssBytes: number }>({ quit: true })).peakRssBytes;
    }
    return contenders;
  } finally {
    for (const process of processes) process.kill();
  }
}

function figures({ ready, first, runs, peakRssBytes }: Contender): Figures {
  const of = (pick: (run: Measured) => number) => median(runs.map(pick));
  const stages = Object.keys(first.stageSeconds).map((stage) => [
    `stage ${stage}`,
    of((run) => run.stageSeconds[stage]),
  ]);
  return {
    seconds: of((run) => run.seconds),
    allSeconds: runs.map(({ seconds }) => seconds),
    secondsWithDecode: of((run) => run.secondsWithDecode),
    ...Object.fromEntries(stages),
    loadSeconds: ready.loadSeconds,
    startToFirstResult: first.sinceStartSeconds,
    peakMb: peakRssBytes / 1e6,
  };
}

function peerArguments(weights: string): string[] {
  return [peerScript, '--arch', architecture, '--weights', weights];
}

/** The peer's weights, and our model file converted from them. */
async function prepareModel(): Promise<{ weights: string; model: string }> {
  const weights = join(cache, `${architecture}.pth`);
  const model = join(cache, `${architecture}.safetensors`);
  if (!existsSync(weights))
    execFileSync(torchPython, [...peerArguments(weights), '--write-only'], { stdio: ['ignore', 2, 2] });
  if (!existsSync(model)) {
    const imported = await importWeights({ path: weights });
    await writeModelFile(model, imported.config, imported.weights);
    await imported.weights.close();
  }
  return { weights, model };
}

/** The model with eight bits, calibrated on the photographs of the demo. */
function quantized(model: string): string {
  const out = model.replace(/\.safetensors$/, '-int8.safetensors');
  const photographs = join(import.meta.dirname, '..', 'examples', 'demo', 'pictures');
  const command = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
  const args = [command, 'quantize', model, '--calibrate', photographs, '--out', out];
  if (!existsSync(out))
    execFileSync(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 2, 2] });
  return out;
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
