import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../../src/config/architectures.ts';
import { applyOverrides } from '../../src/config/overrides.ts';
import { presetConfig } from '../../src/config/presets.ts';
import type { ModelConfig, RoiPoolConfig } from '../../src/config/schema.ts';
import { seededRandom } from '../../src/core/random.ts';
import { float32Tensor, type Tensor } from '../../src/core/tensor.ts';
import type { Explanation } from '../../src/explanation/explanation.ts';
import type { Focus } from '../../src/explanation/focus.ts';
import type { PoolerName } from '../../src/explanation/model.ts';
import type { PooledRoi } from '../../src/explanation/pooling.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { expectedWeights } from '../../src/model/inference-graphs.ts';
import { poolRois } from '../../src/model/pooler.ts';
import { decodeKeypoints } from '../../src/ops/keypoint-decoding.ts';
import { compileExplainer } from '../../src/predict/explain/explainer.ts';
import { poolRoi } from '../../src/predict/explain/pooled-roi.ts';
import type { StageRecords } from '../../src/predict/pipeline.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { explanationSchema } from '../../src/server/api/explain-schemas.ts';
import { initialWeights } from '../../src/train/initial-weights.ts';
import { renderReport } from '../../src/vis/report/report.ts';
import { poolerDrawing } from '../../src/vis/report/roi-drawing.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';
import { runGraph } from '../support/run-graph.ts';

// What `explain` shows of each variant is held against the prediction's tensors, and against the graph that pools.
const [width, height] = [120, 96];
const picture = {
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + i * 7) % 251),
};

const small = {
  preprocess: { minSize: height, maxSize: width },
  backbone: { norm: { kind: 'batchNorm' } },
  fpn: { channels: 12 },
  rpn: { postNmsTopN: 40 },
  box: { scoreThreshold: 0 },
  categories: ['ant', 'bee', 'cat'].map((name, i) => ({ id: i + 1, name })),
};
const narrow = { backbone: { width: 8 } };
const heads = {
  box: { head: { fullyConnected: [32] } },
  mask: { convolutions: [12], deconvolution: 8, fullyConnected: [24, 16] },
};
const pooled = (pool: Partial<RoiPoolConfig>) => ({ box: { head: { pool } }, mask: { pool } });
const detectron = [
  pooled({ aligned: true, samplingRatio: 0 }),
  { rpn: { anchors: { placement: 'exact' } }, mask: { paste: 'exactBox' } },
];

interface Variant {
  architecture: string;
  overrides: object[];
  /** What the report has to say, and must not say. */
  says: (string | RegExp)[];
  neverSays: (string | RegExp)[];
}

const pyramidWords = [/\bP[2-6]\b/, /feature pyramid/, /level = ⌊/];
const plainC4 = { mask: { deconvolution: 8 } };

const variants: Record<string, Variant> = {
  'structure C4': {
    architecture: 'maskrcnn_resnet18_c4',
    overrides: [narrow, plainC4],
    says: [
      'All RoIs are pooled from C4',
      'This model has structure 1',
      'Structure 1: C4 (this model)',
      '<b>RoIAlign</b><span>14 × 14 × 32</span>',
      '<b>res5, shared</b><span>7 × 7 × 64</span>',
      '14 × 14 × 3</span>',
      'RoIAlign to a fixed size',
      'res5, the last stage of the ResNet, shared',
    ],
    neverSays: [...pyramidWords, '28 × 28</span>', '(tiny with FPN'],
  },
  'structure C5 on VGG-16': {
    architecture: 'maskrcnn_vgg16_c5',
    overrides: [narrow, heads],
    says: ['All RoIs are pooled from C5', 'C5 of stride 32', 'of stride 32.'],
    neverSays: [...pyramidWords, 'dilat', 'This model has structure'],
  },
  'C4 with RoIPool': {
    architecture: 'maskrcnn_resnet18_c4',
    overrides: [narrow, plainC4, pooled({ kind: 'roiPool' })],
    says: ['RoIPool to a fixed size', '<b>RoIPool</b><span>14 × 14 × 32</span>', 'RoIPool rounds twice'],
    neverSays: [...pyramidWords, '<b>RoIAlign</b><span>14 × 14 × 32', 'In each bin, 2 × 2'],
  },
  'Faster R-CNN on C4': {
    architecture: 'fasterrcnn_resnet18_c4',
    overrides: [narrow],
    says: ['<b>res5</b><span>7 × 7 × 64</span>', 'It has no mask branch', 'This model has structure 1'],
    neverSays: [...pyramidWords, 'res5, shared', 'Both branches apply', 'with the same weights'],
  },
  'structure DC5, class-agnostic masks': {
    architecture: 'maskrcnn_resnet18_dc5',
    overrides: [narrow, heads, { mask: { output: 'classAgnostic' } }],
    says: ['All RoIs are pooled from C5', 'between the two', 'The only channel:', '28 × 28 × 1</span>'],
    neverSays: [...pyramidWords, 'res5, shared', 'Softmax over', '(selected)'],
  },
  'RoIPool on a pyramid': {
    architecture: 'maskrcnn_resnet18_fpn',
    overrides: [narrow, heads, pooled({ kind: 'roiPool' })],
    says: [
      'Structure 2: FPN (this model)',
      'RoIPool rounds twice',
      'by a row or column of pixels (this model)',
      'P2',
    ],
    neverSays: ['RoIAlign to a fixed size', 'All RoIs are pooled from', 'samples.</span>'],
  },
  'RoIPool rounded down': {
    architecture: 'maskrcnn_resnet18_fpn',
    overrides: [narrow, heads, pooled({ kind: 'roiPoolFloor', resolution: 3 })],
    says: ['RoIPool rounds down twice', 'hatched area is lost (this model)'],
    neverSays: ['RoIAlign to a fixed size', 'RoIPool rounds twice'],
  },
  'RoIWarp, masks by an MLP': {
    architecture: 'maskrcnn_resnet18_fpn',
    overrides: [narrow, heads, pooled({ kind: 'roiWarp' }), { mask: { head: 'mlp' } }],
    says: [
      'RoIWarp to a fixed size',
      'RoIWarp rounds its corners',
      'instead of an FCN',
      '24, 16 units',
      'fully connected</b><span>24',
    ],
    neverSays: [
      'The mask branch is an FCN',
      'Nothing is rounded',
      'transposed convolution 2×2</b><span>28 × 28</span>',
    ],
  },
  'RoIAlign with maxima, softmax': {
    architecture: 'maskrcnn_resnet18_fpn',
    overrides: [narrow, heads, pooled({ mode: 'max' }), { mask: { output: 'softmax' } }],
    says: [
      'and their maximum is the bin’s value',
      'This model is coupled',
      'probability of the selected one',
      '28 × 28 × 4</span>',
    ],
    neverSays: ['and their mean is', 'This is the decoupling', 'neither trained nor read'],
  },
  'Detectron2’s conventions': {
    architecture: 'maskrcnn_resnet18_c4',
    overrides: [narrow, plainC4, ...detectron],
    says: ['This model has structure 1'],
    neverSays: [...pyramidWords, 'half-pixel correction'],
  },
  'a pyramid of the last two maps': {
    architecture: 'fasterrcnn_mobilenet_v3_large_fpn',
    overrides: [{ backbone: { width: 8 }, box: { head: { fullyConnected: [16] } } }],
    says: ['All RoIs are pooled from P5', 'the last two maps', 'P5…P6, 12', 'It has no mask branch'],
    neverSays: [/\bP[234]\b(?!…)/, 'level = ⌊'],
  },
  'keypoints in the place of masks': {
    architecture: 'keypointrcnn_resnet18_fpn',
    overrides: [
      narrow,
      {
        box: heads.box,
        keypoint: { convolutions: [8], names: ['left_wing', 'right_wing'], skeleton: [[1, 2]] },
      },
    ],
    says: [
      'a Keypoint R-CNN',
      'Those of its 2 keypoints',
      'a heat map for each of 2 keypoints',
      'right_wing: ',
    ],
    neverSays: ['is a Faster R-CNN'],
  },
};

async function explain({ architecture, overrides }: Variant) {
  const preset = presetConfig(architectureNamed(architecture));
  const config = [small, ...overrides].reduce<ModelConfig>(
    (base, over) => applyOverrides('variant', base, over),
    preset,
  );
  const weights = initialWeights(expectedWeights(config), seededRandom(3));
  const explainer = await compileExplainer(config, memoryWeights('variant', weights), nodeRuntime, {
    threads: 1,
  });
  const records: Partial<StageRecords> = {};
  const explanation = await explainer.explain(picture, {
    score: 0,
    observe: (stage, record) => {
      records[stage] = record;
    },
  });
  await explainer.dispose();
  return { config, explanation, records: records as StageRecords };
}

describe.each(Object.entries(variants))('%s', async (_, variant) => {
  const { config, explanation, records } = await explain(variant);
  const focus = focusOf(explanation);

  it.each(['en', 'zh'] as const)('has a report in %s that describes this model', async (language) => {
    const names = { pictureName: 'scene.png', modelName: 'tiny', version: '1.2.3' };
    const html = await renderReport(picture, explanation, { language, ...names });
    const main = html
      .slice(html.indexOf('<main>'), html.indexOf('<section id="glossary">'))
      .replaceAll(/"data:[^"]*"/g, '""')
      .replaceAll(/<\/?abbr[^>]*>/g, '')
      // A step of a diagram, forked or not.
      .replaceAll(/<text class="name"[^>]*>([^<]*)<\/text>/g, '<b>$1</b>')
      .replaceAll(/<text class="size"[^>]*>([^<]*)<\/text>/g, '<span>$1</span>');
    const found = (texts: (string | RegExp)[]) => texts.filter((text) => main.search(matcher(text)) >= 0);
    expect(found([/NaN|undefined|Infinity|\{\w+\}/])).toEqual([]);
    // The general parts describe both structures and all poolers, the model's own parts only one.
    if (language === 'zh') return;
    expect(found(variant.says)).toEqual(variant.says);
    expect(found(variant.neverSays)).toEqual([]);
  });

  it('pools what the graph pools, to every value that is shown', async () => {
    await expectPooled(focus.boxRoi, config.box.head.pool, records);
    if (!config.mask || !focus.mask) return;
    const pool = config.structure === 'c4' ? config.box.head.pool : config.mask.pool;
    await expectPooled(focus.mask.roi, pool, records);
  });

  it.runIf(explanation.model.mask)('shows the prediction’s own masks', () => {
    const { mask, instance } = focus;
    if (!mask || instance === null) throw new Error('expected a mask');
    const pixels = mask.side ** 2;
    const own = records.masks.data.subarray(instance * pixels, (instance + 1) * pixels);
    expect(mask.side).toBe(explanation.model.mask?.side);
    for (const [i, value] of mask.probabilities.entries()) expect(value).toBeCloseTo(own[i], 5);
    expect(explanation.detections.instances[instance].mask).toEqual(mask.pasted);
    const { values } = mask.resized.grid;
    expect(values.filter((value) => value > 0.5)).toHaveLength(mask.area);
    expect(mask.training.loss).toBeGreaterThanOrEqual(0);
  });

  it.runIf(config.keypoint)('shows the prediction’s own heat maps', () => {
    const { keypoints, instance } = focus;
    if (!keypoints || instance === null) throw new Error('expected heat maps');
    const { side, heatMaps } = keypoints;
    const [count, pixels] = [heatMaps.length, side ** 2];
    const own = records.heatMaps.data.subarray(instance * count * pixels, (instance + 1) * count * pixels);
    expect(heatMaps.flat()).toEqual([...own]);
    const maps = float32Tensor([1, count, side, side], Float32Array.from(heatMaps.flat()));
    const { points } = decodeKeypoints(maps, Float32Array.from(focus.box));
    const [scale] = explanation.input.scale;
    const found = explanation.detections.instances[instance].pose?.points ?? [];
    expect(found.map(({ x }) => x)).toEqual([points[0] / scale, points[2] / scale]);
  });

  it('matches the server’s schema, also after JSON', () => {
    const { focus: followed, ...stages } = explanation;
    const body = { requestId: '1', model: 'tiny', stages, focus: followed };
    expect(explanationSchema.parse(JSON.parse(JSON.stringify(body)))).toEqual(body);
  });

  it('finds the anchor of every proposal', () => {
    const { anchor, score } = focus.proposal;
    expect(1 / (1 + Math.exp(-anchor.logit))).toBeCloseTo(score, 6);
    const names = explanation.rpn.levels.map(({ level }) => level);
    for (const { level } of explanation.proposals.selected) expect(names).toContain(level);
    expect(explanation.features.map(({ level }) => level)).toEqual(Object.keys(records.pyramid));
  });
});

it('draws the keypoints of a model with both branches', async () => {
  const both = {
    architecture: 'maskrcnn_resnet18_fpn',
    overrides: [
      narrow,
      heads,
      {
        keypoint: {
          pool: { resolution: 14 },
          convolutions: [8],
          names: ['nose', 'tail'],
          skeleton: [[1, 2]],
        },
      },
    ],
    says: [],
    neverSays: [],
  };
  const { explanation, records } = await explain(both);
  const { pose, mask } = explanation.detections.instances[0];
  expect(mask).not.toBeNull();
  const [x] = records.keypoints.points;
  expect(pose?.points[0]).toMatchObject({ name: 'nose', x: x / explanation.input.scale[0] });
  expect(pose?.skeleton).toEqual([[0, 1]]);
});

it('draws an RoI that rounding leaves nothing of', () => {
  const map = float32Tensor(
    [1, 1, 8, 8],
    Float32Array.from({ length: 64 }, (_, i) => i),
  );
  const levels = { roi: [{ name: 'c4', stride: 16 }], rpn: [] };
  const pool = { kind: 'roiWarp', resolution: 7, mode: 'avg', samplingRatio: 0, aligned: true } as const;
  const roi = poolRoi([17, 33, 21, 38], { pyramid: { c4: map }, levels }, pool);
  expect(roi.poolings.roiWarp).toMatchObject({ region: [1, 2, 1, 2], x: { samples: [] } });
  expect(new Set(roi.poolings.roiWarp.values.values)).toEqual(new Set([0]));
  for (const kind of Object.keys(roi.poolings) as PoolerName[]) {
    expect(poolerDrawing(roi, kind)).not.toMatch(/NaN|Infinity/);
  }
});

function focusOf({ focus }: Explanation): Focus {
  if (!focus) throw new Error('expected a focus');
  return focus;
}

function matcher(text: string | RegExp): RegExp {
  return typeof text === 'string' ? new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text;
}

/** Runs the model's own pooling graph on the recorded map. */
async function expectPooled(roi: PooledRoi, pool: RoiPoolConfig, { pyramid }: StageRecords): Promise<void> {
  const { shape, data } = pyramid[roi.level];
  const g = new GraphBuilder('pool');
  const features = g.input('features', shape);
  const rois = { boxes: g.input('boxes', [1, 4]), batchIndex: g.input('batch', [1], 'int64') };
  const graph = g.build({ output: poolRois(g, features, rois, { ...pool, stride: roi.stride }) });
  const batch: Tensor = { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) };
  const boxes = float32Tensor([1, 4], Float32Array.from(roi.box));
  const { output } = await runGraph(graph, { features: float32Tensor(shape, data), boxes, batch });
  const cells = pool.resolution ** 2;
  const expected = (output.data as Float32Array).subarray(roi.channel * cells, (roi.channel + 1) * cells);
  const shown = roi.poolings[roi.pool.kind].values.values;
  expect(shown).toHaveLength(cells);
  for (const [i, value] of shown.entries()) expect(value, `bin ${i}`).toBeCloseTo(expected[i], 4);
}
