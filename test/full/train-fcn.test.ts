import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunInput } from '../../src/config/training.ts';
import { type Float32Tensor, float32Tensor } from '../../src/core/tensor.ts';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { makeSample } from '../../src/data/sample/sample.ts';
import { SemanticEvaluator } from '../../src/eval/mean-iou.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { paintClasses } from '../../src/ops/paint-classes.ts';
import { load } from '../../src/predict/load/node.ts';
import { loadSemantic } from '../../src/predict/semantic.ts';
import type { Metrics } from '../../src/run/log/metric.ts';
import { measureSemantic, semanticRecords } from '../../src/run/measure-semantic.ts';
import { type TrainOptions, train } from '../../src/run/train.ts';
import { categoriesOf } from '../../src/run/trainee.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { writePth } from '../../src/weights/torch/writer.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';
import { runCli } from '../support/cli-process.ts';
import { writeSquares } from '../support/square-pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-fcn-'));
afterAll(() => rmSync(folder, { recursive: true }));
const data = writeSquares(folder, 8, 1);
const set = { data, images: folder };
const out = join(folder, 'run');
const best = join(out, 'best.safetensors');
/** A narrow ResNet-50 on pictures of 64 pixels. */
const model = { preprocess: { minSize: 64, maxSize: 64 }, backbone: { width: 8 } };
const steps = 60;
const training = {
  steps,
  accumulate: 1,
  workers: 0,
  threads: 1,
  optimizer: { learningRate: 0.003 },
  schedule: { warmUpSteps: 5 },
  emaDecay: 0.9,
  validateEvery: 30,
};
const run = { train: set, validation: set, architecture: 'fcn_resnet50', model, training };
const short = (own: object) => ({ ...run, validation: null, training: { ...training, steps: 4, ...own } });
const dataset = await readCocoDataset(data);
const records = semanticRecords(categoriesOf(dataset), dataset, { folder });

/** Trains in a folder of its own. @returns The notes. */
async function notesOf(name: string, of: object, options: Partial<TrainOptions> = {}): Promise<string[]> {
  const notes: string[] = [];
  await train({
    out: join(folder, name),
    run: of as RunInput,
    onNote: (line) => notes.push(line),
    ...options,
  });
  return notes;
}

async function tensorsOf(path: string, names: readonly string[]): Promise<number[][]> {
  const file = await openWeights(path);
  const tensors = await Promise.all(names.map(async (name) => [...(await file.read(name)).data]));
  await file.close();
  return tensors;
}

describe('FCN in training', { timeout: 300_000 }, () => {
  it('learns to tell squares, discs and ground', async () => {
    const lines: Metrics[] = [];
    const outcome = await train({ out, run, onMetrics: (metrics) => lines.push(metrics) });
    const losses = lines.flatMap(({ values }) => values['loss/total'] ?? []);
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    expect(losses).toHaveLength(steps);
    expect(mean(losses.slice(-10))).toBeLessThan(0.5 * mean(losses.slice(0, 10)));
    expect(Object.keys(lines[0].values).slice(0, 3)).toEqual([
      'loss/total',
      'loss/semantic',
      'loss/auxiliary',
    ]);

    const constant = new SemanticEvaluator(3);
    for (const record of records) {
      const picture = await decodePicture(record.path);
      const truth = paintClasses(makeSample(picture, record), picture);
      constant.add(truth, new Uint8Array(truth.length));
    }
    expect(outcome.best?.measure).toBe('mean IoU');
    expect(outcome.best?.value).toBeGreaterThan(1.5 * constant.result().meanIou);
    const last = lines.at(-1)?.values ?? {};
    expect(last['validation/pixel accuracy']).toBeGreaterThan(constant.result().accuracy);
    expect(readFileSync(join(out, 'training.html'), 'utf8')).toContain('best mean IoU');
  });

  it('ships a file with its configuration, which measures what the run measured', async () => {
    const fcn = await loadSemantic(best);
    expect(fcn.config).toMatchObject({ ...model, auxiliary: true });
    expect(fcn.config.categories).toEqual([
      { id: 0, name: 'background' },
      { id: 3, name: 'square' },
      { id: 8, name: 'disc' },
    ]);
    const { meanIou } = await measureSemantic(fcn, records);
    await fcn.dispose();
    const { state } = await readCheckpoint(join(out, 'checkpoint.safetensors'));
    expect(state.best?.value).toBe(meanIou);
  });

  it('is known to segment, eval and info, and refused by predict in one line', async () => {
    const picture = join(folder, '1.png');
    const segment = await runCli(['segment', picture, '--model', best, '--out', join(folder, 'classes')]);
    expect(segment.status, segment.stderr).toBe(0);
    expect(segment.stdout).toMatch(/1\.png: background \d+ %, (square|disc) \d+ %/);
    const options = ['--model', best, '--data', data, '--images', folder];
    const scores = JSON.parse((await runCli(['eval', ...options, '--json', '-'])).stdout);
    const { state } = await readCheckpoint(join(out, 'checkpoint.safetensors'));
    expect(scores).toMatchObject({ type: 'semantic', meanIou: state.best?.value });
    expect(scores.perCategory[2]).toEqual({ name: 'disc', iou: expect.any(Number) });
    const table = (await runCli(['eval', ...options, '--per-class'])).stdout;
    expect(table).toMatch(/^mean IoU +0\.\d{3}\npixel accuracy +0\.\d{3}\nIoU of background +0\.\d{3}\n/);
    // The second is what the option is by default: asking for it is no less an error.
    for (const [option, value] of [
      ['--max-dets', '10'],
      ['--type', 'segm'],
    ]) {
      const wrong = await runCli(['eval', ...options, option, value]);
      expect(wrong.status).toBe(2);
      expect(wrong.stderr).toContain(`${option} applies to instances, but `);
    }
    const info = await runCli(['info', best]);
    expect(info.stdout).toMatch(/FCN \(a class for every pixel\)/);
    expect(info.stdout).toContain('3: 0 background, 3 square, 8 disc');
    const message = `${best}: is an FCN model; use \`mask-rcnn segment\``;
    await expect(load(best)).rejects.toThrow(message);
    const predict = await runCli(['predict', picture, '--model', best, '--out', join(folder, 'overlays')]);
    expect(predict.status).toBe(1);
    expect(predict.stderr.trim()).toBe(`mask-rcnn: ${message}`);
  });

  it('that is stopped in a validation resumes with it', async () => {
    const own = { ...run, training: { ...training, steps: 2, validateEvery: 1 } };
    await notesOf('validated', own);
    // The first step, the 8 pictures of its validation, the second step and 2 pictures.
    let asked = 0;
    await notesOf('interrupted', own, { shouldStop: () => ++asked === 12 });
    expect(asked).toBe(12);
    await train({ out: join(folder, 'interrupted'), resume: true });
    for (const file of ['checkpoint.safetensors', 'best.safetensors']) {
      const [whole, resumed] = ['validated', 'interrupted'].map((name) =>
        readFileSync(join(folder, name, file)),
      );
      expect(whole.equals(resumed), file).toBe(true);
    }
  });

  it('that is stopped and resumed ends with the same bits', async () => {
    const own = short({ steps: 3, accumulate: 2, augmentation: { copyPaste: 0.5, crop: 0.3 } });
    await notesOf('whole', own);
    let asked = 0;
    await notesOf('stopped', own, { shouldStop: () => ++asked === 2 });
    expect(asked).toBe(2);
    await train({ out: join(folder, 'stopped'), resume: true });
    for (const file of ['checkpoint.safetensors', 'last.safetensors', 'best.safetensors']) {
      const [whole, resumed] = ['whole', 'stopped'].map((name) => readFileSync(join(folder, name, file)));
      expect(whole.equals(resumed), file).toBe(true);
    }
  });
});

describe('FCN from other weights', { timeout: 300_000 }, () => {
  const stem = 'backbone.conv1.weight';
  const deep = 'backbone.layer4.2.conv3.weight';
  const classes = 'classifier.4.weight';

  it('keeps the heads if the classes match, else re-initialises them with a note', async () => {
    const base = { ...short({}), model: {}, from: best };
    expect(await notesOf('same', base)).toEqual([]);
    const [kept] = await tensorsOf(best, [classes]);
    const [moved] = await tensorsOf(join(folder, 'same', 'last.safetensors'), [classes]);
    expect(Math.max(...moved.map((value, i) => Math.abs(value - kept[i])))).toBeLessThan(0.02);

    const coco = JSON.parse(readFileSync(data, 'utf8'));
    const others = join(folder, 'others.json');
    writeFileSync(
      others,
      JSON.stringify({
        ...coco,
        categories: [...coco.categories, { id: 9, name: 'star' }],
      }),
    );
    const notes = await notesOf('other', { ...base, train: { data: others, images: folder } });
    expect(notes).toEqual([
      `${best}: the classes differ, so the layers that predict them are re-initialised`,
      'category star (id 9) is never annotated and will not be learned',
    ]);
    const last = join(folder, 'other', 'last.safetensors');
    const fcn = await loadSemantic(last);
    await fcn.dispose();
    expect(fcn.config.categories.map(({ name }) => name)).toEqual(['background', 'square', 'disc', 'star']);
    expect(fcn.config.preprocess.minSize).toBe(64);
    // Two stages of the backbone do not learn.
    const [before, after] = await Promise.all([best, last].map((path) => tensorsOf(path, [stem, deep])));
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  it('takes the backbone of a classifier, whose norms the configuration may freeze', async () => {
    const file = await openWeights(best);
    const weights = new Map<string, Float32Tensor>([['fc.bias', float32Tensor([3], new Float32Array(3))]]);
    for (const key of file.keys()) {
      const [, name] = /^backbone\.(.+)$/.exec(key) ?? [];
      if (name) weights.set(name, await file.read(key));
    }
    await file.close();
    const classifier = join(folder, 'resnet50.pth');
    await writePth(classifier, memoryWeights(classifier, weights));
    const frozen = { ...model, backbone: { ...model.backbone, norm: { kind: 'frozenBatchNorm' } } };
    const learning = { ...short({ trainableStages: 1 }), backboneWeights: classifier };
    const note = `${classifier}: the backbone starts from it, without its classifier (fc); all other layers are initialised randomly`;
    expect(await notesOf('learning', learning)).toEqual([note]);
    expect(await notesOf('frozen', { ...learning, model: frozen })).toEqual([note]);

    const names = [stem, deep, 'backbone.layer4.2.bn3.running_var', 'classifier.1.running_var'];
    const [start, learnt, kept] = await Promise.all(
      [best, join(folder, 'learning', 'last.safetensors'), join(folder, 'frozen', 'last.safetensors')].map(
        (path) => tensorsOf(path, names),
      ),
    );
    const isKept = (tensors: number[][]) => tensors.map((values, i) => values.join() === start[i].join());
    expect(isKept(learnt)).toEqual([true, false, false, false]);
    expect(isKept(kept)).toEqual([true, false, true, false]);
  });

  it('continues from torchvision’s weights', async () => {
    const from = fileURLToPath(new URL('../golden/semantic/fcn.pth', import.meta.url));
    const notes = await notesOf('torchvision', {
      ...short({}),
      model: { preprocess: model.preprocess },
      from,
    });
    expect(notes).toEqual([
      `${from}: the classes differ, so the layers that predict them are re-initialised`,
    ]);
  });
});

describe('wrong input is one clear line', { timeout: 120_000 }, () => {
  it.each<[string, object, RegExp]>([
    [
      'a misspelt key',
      { model: { backbone: { widht: 16 } } },
      /^the run: model: unknown key backbone\.widht; known: name, norm, width, strideIn1x1$/,
    ],
    ['a part that FCN has not', { model: { mask: null } }, /^the run: model: unknown key mask/],
    ['a misspelt architecture', { architecture: 'fcn_resnet500' }, /unknown architecture.*fcn_resnet50/],
    [
      'a detector to start from',
      { from: 'nuclei' },
      /nuclei is not an FCN, so fcn_resnet50 cannot start from it/,
    ],
    [
      'FCN for a classifier',
      { backboneWeights: best },
      /best\.safetensors: is an FCN model, expected a classifier; give it as "from"/,
    ],
  ])('%s', async (name, own, message) => {
    await expect(notesOf(`wrong ${name}`, { ...short({}), ...own })).rejects.toThrow(message);
  });

  it('only boxes', async () => {
    const coco = JSON.parse(readFileSync(data, 'utf8'));
    const boxes = join(folder, 'boxes.json');
    const annotations = coco.annotations.map((each: object) => ({ ...each, segmentation: [] }));
    writeFileSync(boxes, JSON.stringify({ ...coco, annotations }));
    const wrong = { ...short({}), train: { data: boxes, images: folder } };
    await expect(notesOf('boxes', wrong)).rejects.toThrow(
      'annotates no objects except crowds (iscrowd 1) or boxes',
    );
  });
});
