import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import { architectureNamed } from '../../src/config/architectures.ts';
import { applyOverrides } from '../../src/config/overrides.ts';
import { parseModelConfig } from '../../src/config/parse.ts';
import { presetConfig } from '../../src/config/presets.ts';
import type { ModelConfig, RoiPoolConfig } from '../../src/config/schema.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { Float32Tensor } from '../../src/core/tensor.ts';
import { opsets } from '../../src/graph/onnx/protobuf.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { openSemanticFile } from '../../src/import/semantic-file.ts';
import { currentKey } from '../../src/import/torchvision/legacy-names.ts';
import { expectedWeights } from '../../src/model/inference-graphs.ts';
import { openModelFile } from '../../src/model-file/model-file.ts';
import { detectorModel } from '../../src/onnx-model/detector.ts';
import { semanticModel } from '../../src/onnx-model/semantic.ts';
import { configFor } from '../../src/predict/choices.ts';
import { loadSemantic } from '../../src/predict/semantic.ts';
import { absorbedWeights, calibrate } from '../../src/quantize/quantize-model.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { webRuntime } from '../../src/runtime/web.ts';
import { initialWeights } from '../../src/train/initial-weights.ts';
import type { WeightPrecision } from '../../src/weights/elements/encode.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { memoryWeights, renamedWeights } from '../../src/weights/weight-file.ts';
import { expectDecidedPixels, expectSame, expectSameBitmaps, openBoth } from '../support/complete-model.ts';
import { readWeights } from '../support/read-weights.ts';

// Complete ONNX models find what the package's own pipeline finds, which is compared with torchvision elsewhere.

const golden = (name: string) => fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')) as {
  models: Record<string, { weights: string; config: object }>;
};
const pictures = await readWeights(golden('pictures.safetensors'));

async function goldenPicture(name: string) {
  const { shape, data } = await pictures.read(name);
  return { height: shape[0], width: shape[1], data: Uint8Array.from(data) };
}

async function goldenModel(name: string, overrides: object = {}) {
  const { weights, config } = models[name];
  const file = renamedWeights(await openWeights(golden(weights)), currentKey);
  return { config: applyOverrides(name, parseModelConfig(name, config), overrides), weights: file };
}

describe.each(Object.keys(models))('%s as a complete ONNX model', async (name) => {
  const { config, weights } = await goldenModel(name);
  const { complete, ours } = await openBoth(config, weights);
  await weights.close();

  it.each(['enlarged', 'shrunk'])('finds the same instances in the picture %s', async (pictureName) => {
    const picture = await goldenPicture(pictureName);
    const expected = await ours(picture);
    expect(expected.instances.length).toBeGreaterThan(0);
    const outputs = await complete(picture);
    expectSame(outputs, expected);
    expectSameBitmaps(outputs, expected);
  });
});

describe('without an instance', async () => {
  const { config, weights } = await goldenModel('mask-pose', { box: { scoreThreshold: 1 } });
  const { complete } = await openBoth(config, weights);
  await weights.close();

  it('every output keeps its rank', async () => {
    const { width, height, data } = await goldenPicture('enlarged');
    const outputs = await complete({ width, height, data });
    const shapes = Object.entries(outputs).map(([name, { dtype, shape }]) => [name, dtype, shape]);
    expect(shapes).toEqual([
      ['boxes', 'float32', [0, 4]],
      ['labels', 'int64', [0]],
      ['scores', 'float32', [0]],
      ['masks', 'float32', [0, 28, 28]],
      ['bitmaps', 'uint8', [0, height, width]],
      ['keypoints', 'float32', [0, 4, 3]],
      ['keypoint_scores', 'float32', [0, 4]],
    ]);
  });
});

describe('in onnxruntime-web', async () => {
  const { config, weights } = await goldenModel('mask-pose');
  const { complete, ours } = await openBoth(config, weights, { runtime: webRuntime });
  await weights.close();

  it('finds the same instances', async () => {
    const picture = await goldenPicture('shrunk');
    const [outputs, expected] = [await complete(picture), await ours(picture)];
    expectSame(outputs, expected);
    expectSameBitmaps(outputs, expected);
  });
});

describe.each(opsets)('of opset %i', async (opset) => {
  const { config, weights } = await goldenModel('mask-gn');
  const { complete, ours } = await openBoth(config, weights, { opset });
  await weights.close();

  it('finds the same instances', async () => {
    const picture = await goldenPicture('enlarged');
    expectSame(await complete(picture), await ours(picture));
  });
});

describe('FCN as a complete ONNX model', async () => {
  const path = 'test/golden/semantic/fcn.pth';
  const { config, weights } = await openSemanticFile(path);
  const about = { dtype: 'float32', version: '1.2.3', card: null, opset: 17 } as const;
  const session = await nodeRuntime.createSession(await semanticModel(config, weights, about));
  await weights.close();

  it.each(['enlarged', 'shrunk'])('gives every pixel of the picture %s the same class', async (name) => {
    const { width, height, data } = await goldenPicture(name);
    const model = await loadSemantic(path);
    const expected = await model.predictPicture({ width, height, data });
    await model.dispose();
    const { classes } = await session.run({ image: { dtype: 'uint8', shape: [height, width, 3], data } });
    expect(classes.shape).toEqual([height, width]);
    expect(new Set(expected.classes).size).toBeGreaterThan(1);
    const different = expected.classes.filter((value, i) => value !== classes.data[i]);
    // Rounding decides where two classes are equally likely.
    expect(different.length).toBeLessThan(expected.classes.length / 1000);
  });
});

const narrow = { backbone: { norm: { kind: 'batchNorm' }, width: 8 }, fpn: { channels: 12 } };
const small = {
  preprocess: { minSize: 96, maxSize: 120 },
  rpn: { postNmsTopN: 40 },
  box: { scoreThreshold: 0.2, detectionsPerImage: 12 },
  categories: ['ant', 'bee', 'cat'].map((name, i) => ({ id: 10 * i + 7, name })),
};
const heads = {
  box: { head: { fullyConnected: [32] } },
  mask: { convolutions: [12], deconvolution: 8, fullyConnected: [24, 16] },
};
const pooled = (pool: Partial<RoiPoolConfig>) => ({ box: { head: { pool } }, mask: { pool } });
const c4 = { mask: { deconvolution: 8 } };
const r18 = 'maskrcnn_resnet18';

const variants: Record<string, [architecture: string, ...overrides: object[]]> = {
  'C4, RoIPool': [`${r18}_c4`, c4, pooled({ kind: 'roiPool' })],
  'C4, Detectron2’s conventions': [
    `${r18}_c4`,
    c4,
    pooled({ aligned: true, samplingRatio: 0 }),
    { rpn: { anchors: { placement: 'exact' } }, mask: { paste: 'exactBox' } },
  ],
  'Faster R-CNN on C4 with more RoIs than fit at once': [
    'fasterrcnn_resnet18_c4',
    { rpn: { postNmsTopN: 300, nmsThreshold: 0.95 } },
  ],
  'DC5, class-agnostic masks': [`${r18}_dc5`, heads, { mask: { output: 'classAgnostic' } }],
  'C5 on VGG-16': ['maskrcnn_vgg16_c5', heads],
  'RoIPool rounded down': [`${r18}_fpn`, heads, pooled({ kind: 'roiPoolFloor', resolution: 3 })],
  'RoIWarp, masks by an MLP': [`${r18}_fpn`, heads, pooled({ kind: 'roiWarp' }), { mask: { head: 'mlp' } }],
  'RoIAlign with maxima, softmax': [
    `${r18}_fpn`,
    heads,
    pooled({ mode: 'max' }),
    { mask: { output: 'softmax' } },
  ],
  'the last two maps of MobileNetV3': [
    'fasterrcnn_mobilenet_v3_large_fpn',
    { box: { head: { fullyConnected: [16] }, scoreThreshold: 0.2 }, rpn: { scoreThreshold: 0.5 } },
  ],
};

/** Patterns of names of weights, and what the weights are multiplied by. */
const predictorGains: [pattern: RegExp, gain: number][] = [
  [/bbox_pred.weight$/, 5],
  [/(cls_logits|cls_score|mask_predictor.*).weight$/, 50],
];

describe.each(Object.entries(variants))('%s', async (name, [architecture, ...overrides]) => {
  const config = [narrow, small, ...overrides].reduce<ModelConfig>(
    (base, over) => applyOverrides(name, base, over),
    presetConfig(architectureNamed(architecture)),
  );
  const weights = initialWeights(expectedWeights(config), seededRandom(3));
  // Initial predictors would give every box nearly the same score, and every pixel.
  for (const [key, { data }] of weights) {
    const [, gain] = predictorGains.find(([pattern]) => pattern.test(key)) ?? [null, 1];
    for (let i = 0; i < data.length; i++) data[i] *= gain;
  }
  // Nothing is background.
  (weights.get('roi_heads.box_predictor.cls_score.bias') as Float32Tensor).data[0] = -100;
  const { complete, ours } = await openBoth(config, memoryWeights(name, weights));

  it('finds the same instances', async () => {
    const [width, height] = [120, 96];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => 40 + ((i * i * 31 + i * 7) % 151));
    const picture = { width, height, data };
    const expected = await ours(picture);
    expect(expected.instances.length).toBeGreaterThan(1);
    const outputs = await complete(picture);
    expectSame(outputs, expected);
    expectDecidedPixels(outputs, expected);
  });
});

/** The shipped models, for smaller pictures. */
const shipped: Record<string, { dtype: WeightPrecision; overrides: object }> = {
  // Masks that rescore, of 80 classes.
  photos: {
    dtype: 'float16',
    overrides: {
      preprocess: { minSize: 224, maxSize: 320 },
      rpn: { preNmsTopN: 300, postNmsTopN: 200 },
      defaultScore: 0.1,
    },
  },
  // The same, NMS by the smaller box, contrast, and pictures that are only enlarged. Its weights are stored in eight bits.
  nuclei: {
    dtype: 'float32',
    overrides: {
      preprocess: { minSize: 192, maxSize: 320 },
      rpn: { preNmsTopN: 300, postNmsTopN: 200 },
    },
  },
};

describe.each(Object.entries(shipped))('the shipped model %s', async (name, { dtype, overrides }) => {
  const { config: whole, weights } = await openModelFile(`models/${name}.safetensors`);
  const config = configFor(applyOverrides(name, whole, overrides), {});
  const { complete, ours } = await openBoth(config, weights, { dtype });
  await weights.close();

  it('finds the same instances', async () => {
    const picture =
      name === 'nuclei'
        ? drawNuclei({ seed: 3, width: 200, height: 150 }).picture
        : await decodePicture('examples/demo/pictures/tennis-team.jpg');
    const expected = await ours(picture);
    expect(expected.instances.length).toBeGreaterThan(1);
    const outputs = await complete(picture);
    expectSame(outputs, expected);
    expectSameBitmaps(outputs, expected);
  });
});

describe('with eight bits', async () => {
  const folder = 'test/golden/shapes';
  const { config, weights: stored } = await openModelFile(`${folder}/model.safetensors`);
  const weights = await absorbedWeights(config, stored);
  await stored.close();
  const layers = await calibrate(config, weights, {
    runtime: nodeRuntime,
    pictures: [`${folder}/128x128.png`, `${folder}/131x97.png`],
  });
  const quantization = new Map(layers.map(({ name, scales }) => [name, scales]));
  const picture = await decodePicture(`${folder}/160x210.png`);

  it('finds what the package finds with eight bits', async () => {
    const { complete, ours } = await openBoth(config, weights, { quantization });
    const expected = await ours(picture);
    expect(expected.instances.length).toBeGreaterThan(1);
    const outputs = await complete(picture);
    // A last bit may round an activation to the next byte.
    expectSame(outputs, expected, { probability: 0.03, pixels: 0.3 });
    expectSameBitmaps(outputs, expected);
  });

  it('is a smaller file', async () => {
    const about = { paste: false, dtype: 'float32', opset: 17, version: '1.2.3', card: null } as const;
    const [whole, bytes] = await Promise.all(
      [null, quantization].map((layers) =>
        detectorModel(config, weights, { ...about, quantization: layers }),
      ),
    );
    expect(bytes.length / whole.length).toBeLessThan(0.5);
  });
});
