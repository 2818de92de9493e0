import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../src/config/device.ts';
import type { RunInput } from '../../src/config/training.ts';
import type { CocoDataset } from '../../src/data/coco/types.ts';
import type { Explanation } from '../../src/explanation/explanation.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { decodePicture } from '../../src/image/decode.ts';
import type { PictureSource } from '../../src/image/picture-source.ts';
import { openModelFile, writeModelFile } from '../../src/model-file/model-file.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { compileModel } from '../../src/predict/compile.ts';
import type { Instance } from '../../src/predict/instance.ts';
import { decode } from '../../src/predict/load/decode-source.ts';
import { load, loadExplainer } from '../../src/predict/load/node.ts';
import { Model } from '../../src/predict/model.ts';
import type { StageObserver, StageRecords } from '../../src/predict/pipeline.ts';
import type { Metrics } from '../../src/run/log/metric.ts';
import { train } from '../../src/run/train.ts';
import { DeviceTensor } from '../../src/runtime/device-tensor.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { openNodeRuntime } from '../../src/runtime/open-node-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { TestFolder } from '../support/folder.ts';
import {
  caseGraph,
  operationCases,
  operationGolden,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { testedDevice } from '../support/tested-device.ts';
import { importTiny } from '../support/tiny-model.ts';

/** A small trained model and its pictures. */
const golden = (name: string) => fileURLToPath(new URL(`../golden/shapes/${name}`, import.meta.url));

const device = testedDevice('predictions and trainings on a device');
const both: readonly Device[] = ['cpu', device ?? 'cpu'];

// ONNX Runtime forgets the shaders that it has compiled when the last session of a device is released: one stays open.
let keepsShaders: Model<PictureSource> | null = null;
beforeAll(async () => {
  if (device !== null) keepsShaders = await load(golden('model.safetensors'), { device });
});
afterAll(() => keepsShaders?.dispose());

async function instancesOf(model: Model<PictureSource>): Promise<readonly Instance[]> {
  return (await model.predict(golden('131x97.png'), { score: 0.05 })).instances;
}

/** A picture's instances as another device finds them. */
function expectSame(
  found: readonly Instance[],
  expected: readonly Instance[],
  scores: number,
  boxes: number,
) {
  expect(expected.length).toBeGreaterThan(3);
  expect(found.length).toBe(expected.length);
  found.forEach(({ category, score, box, mask }, i) => {
    const other = expected[i];
    expect(category.name).toBe(other.category.name);
    expect(Math.abs(score - other.score)).toBeLessThan(scores);
    box.forEach((side, k) => {
      expect(Math.abs(side - other.box[k])).toBeLessThan(boxes);
    });
    expect(rleIou([mask!.rle], [other.mask!.rle], [false])[0]).toBeGreaterThanOrEqual(0.98);
  });
}

// `npm run test:full` compares every operation.
describe.skipIf(device === null)('a prediction on a device', () => {
  const folder = new TestFolder();
  /** The model in single precision, in which the devices compute alike. */
  const single = folder.at('single.safetensors');
  beforeAll(async () => {
    const { config, weights } = await openModelFile(golden('model.safetensors'));
    await writeModelFile(single, config, weights, { dtype: 'float32' });
    await weights.close();
  });
  afterAll(() => folder.remove());

  it('is what the processor predicts', { timeout: 300_000 }, async () => {
    const [expected, found] = await Promise.all(
      both.map(async (device) => {
        await using model = await load(single, { device });
        return await instancesOf(model);
      }),
    );
    expectSame(found, expected, 1e-4, 0.01);
  });

  it('can be explained', { timeout: 300_000 }, async () => {
    const picture = await decodePicture(golden('131x97.png'));
    const [expected, found] = await Promise.all(
      both.map(async (device) => {
        await using explainer = await loadExplainer(single, { device });
        return await explainer.explain(picture);
      }),
    );
    const bins = ({ focus }: Explanation) => focus!.boxRoi.poolings.roiAlign.values.values;
    expect(bins(found).length).toBe(49);
    for (const [i, value] of bins(found).entries())
      expect(Math.abs(value - bins(expected)[i])).toBeLessThan(1e-3);
  });

  it('gives its maps back where an observer aborts it', { timeout: 300_000 }, async () => {
    let pyramid: StageRecords['pyramid'] = {};
    await using model = await load(single, { device: device! });
    const observe: StageObserver = (stage, record) => {
      if (stage === 'pyramid') pyramid = record as StageRecords['pyramid'];
      if (stage === 'proposals') throw new Error('enough');
    };
    await expect(model.predict(golden('131x97.png'), { observe })).rejects.toThrow('enough');
    for (const maps of Object.values(pyramid))
      if (maps instanceof DeviceTensor) expect(maps.onDevice).toBeNull();
    expect(Object.keys(pyramid)).toContain('p2');
  });
});

describe('a file in half precision', () => {
  it('computes in it where the device can', { timeout: 300_000 }, async () => {
    const predict = async (runtime: Runtime) => {
      const { config, weights } = await openModelFile(golden('model.safetensors'));
      await using model = new Model(config, await compileModel(config, weights, runtime), decode);
      await weights.close();
      return await instancesOf(model);
    };
    const expected = await predict(nodeRuntime);
    const found = await predict({ ...nodeRuntime, computesHalf: true });
    expectSame(found, expected, 5e-3, 0.5);
    expect(found.some(({ score }, i) => score !== expected[i].score)).toBe(true);
    // The device may also be one that cannot.
    if (device === null) return;
    await using model = await load(golden('model.safetensors'), { device });
    expectSame(await instancesOf(model), expected, 5e-3, 0.5);
  });
});

describe.skipIf(device === null)('training on a device', () => {
  const folder = new TestFolder();
  afterAll(() => folder.remove());

  it('learns what the processor learns', { timeout: 300_000 }, async () => {
    const data = writeSquares(folder.path, 2, 1);
    const dataset: CocoDataset = JSON.parse(readFileSync(data, 'utf8'));
    // One picture shows nothing, so that there are no RoIs to learn masks from.
    const annotations = dataset.annotations.filter(({ image_id }) => image_id === 1);
    writeFileSync(data, JSON.stringify({ ...dataset, annotations }));
    const run: RunInput = {
      train: { data, images: folder.path },
      from: await importTiny('mask-v1', folder.path),
      training: {
        steps: 2,
        batchSize: 1,
        accumulate: 2,
        workers: 0,
        optimizer: { kind: 'sgd', learningRate: 1e-3 },
        schedule: { kind: 'constant', warmUpSteps: 0 },
      },
    };
    const [expected, found] = await Promise.all(
      both.map(async (device) => {
        const metrics: Metrics[] = [];
        await train({ out: folder.at(device), run, device, onMetrics: (step) => void metrics.push(step) });
        return metrics.map(({ values }) => values);
      }),
    );
    const losses = Object.keys(expected[0]).filter((name) => name.startsWith('loss/'));
    expect(losses.length).toBe(6);
    for (const [step, values] of expected.entries()) {
      for (const name of [...losses, 'gradientNorm'])
        expect(Math.abs(found[step][name] / values[name] - 1), `${name} of step ${step}`).toBeLessThan(1e-3);
    }
    // The first update changed them.
    expect(Math.abs(expected[1]['loss/total'] / expected[0]['loss/total'] - 1)).toBeGreaterThan(0.01);
  });
});

describe('a device', () => {
  it('that is unknown or missing is refused in one line', async () => {
    await expect(load('nuclei', { device: 'tpu' as never })).rejects.toThrow(
      'device: expected auto, cpu, webgpu, cuda, dml, coreml; got tpu',
    );
    const path = join('no', 'such.safetensors');
    await expect(load(path, { device: 'dml' })).rejects.toThrow(path);
    if (process.platform !== 'win32')
      await expect(openNodeRuntime('dml')).rejects.toThrow(
        /^device dml cannot be used here; this machine has cpu/,
      );
    const run = { train: { data: path, images: 'no' } };
    await expect(train({ out: 'no', run, device: 'tpu' as never })).rejects.toThrow('device: expected auto');
    expect(existsSync('no')).toBe(false);
  });

  it('that auto finds computes', async () => {
    const runtime = await openNodeRuntime('auto');
    const relu = operationCases.find(({ op }) => op === 'relu')!;
    const inputs = await readInputs(relu);
    const session = await runtime.createSession(emitOnnx(caseGraph(relu, inputs)));
    const { output } = await session.run(inputs);
    await session.release();
    expect(relativeDifference(output, await readTensor(operationGolden, `${relu.name}/output`))).toBe(0);
  });
});
