import { z } from 'zod';
import { predictQuerySchema } from './schemas.ts';

/** What `/v1/explain` takes and answers; the fields are those of `core/explanation.ts`, which documents each. */

const position = z.int().min(1);

export const explainQuerySchema = predictQuerySchema.extend({
  instance: position
    .optional()
    .describe('The instance to follow, 1 being the best-scored; by default one that shows much.'),
  proposal: position
    .optional()
    .describe('The proposal to follow instead, 1 being the best-scored, whatever became of it.'),
  part: z
    .enum(['all', 'focus'])
    .default('all')
    .describe('JSON only: everything, or what belongs to the RoI that is followed (stages are then null).'),
  lang: z.enum(['en', 'zh']).default('en').describe('Language of the report.'),
});

const real = z.number();
const count = z.int().nonnegative();
const level = z.string().describe('p2 … p6, c4 or c5');
const box = z.tuple([real, real, real, real]).describe('x1, y1, x2, y2 in pixels of the resized picture.');
const originalBox = z.tuple([real, real, real, real]).describe('x1, y1, x2, y2 in pixels of the original.');
const deltas = z.tuple([real, real, real, real]).describe('dx, dy, dw, dh');
const pair = z.strictObject({ x: real, y: real });
const size = z.strictObject({ width: count, height: count });
const reals = z.array(real);
const grid = z
  .strictObject({ rows: count, columns: count, values: reals })
  .describe('Values on a grid, row-major.');
const rle = z
  .strictObject({ size: z.tuple([count, count]), counts: z.array(count) })
  .describe("COCO's uncompressed run lengths: down the columns, background first; size is height, width.");
const proposal = z.strictObject({ box, score: real.describe('Objectness, 0…1.'), level });
const three = z.tuple([real, real, real]);

const pose = z.strictObject({
  joints: z.array(z.strictObject({ name: z.string(), x: real, y: real, score: real })),
  skeleton: z.array(z.tuple([count, count])).describe('Bones, as positions in joints.'),
});

const poolerName = z.enum(['roiAlign', 'roiWarp', 'roiPool', 'roiPoolFloor']);
const poolSettings = z
  .strictObject({
    kind: poolerName,
    resolution: count,
    mode: z.enum(['avg', 'max']),
    samplingRatio: count,
    aligned: z.boolean(),
  })
  .describe('How a branch pools, as the configuration says.');

const maskBranch = z.strictObject({
  pool: poolSettings,
  side: count,
  head: z.enum(['fcn', 'mlp']),
  layers: z.array(count),
  output: z.enum(['sigmoid', 'softmax', 'classAgnostic']),
  paste: z.enum(['wholePixels', 'exactBox']),
});

const instance = z.strictObject({
  label: count.describe('Class index; classes[0] is the background.'),
  score: real,
  classScore: real.describe(
    'What the class and box branch said; `score` is the same unless masks rescore it.',
  ),
  box,
  originalBox,
  mask: rle.nullable(),
  pose: pose.nullable().describe('Joints in pixels of the original.'),
});

const sampling = z
  .strictObject({
    objects: z.array(box),
    foreground: real,
    background: real,
    batch: count,
    fraction: real,
    positives: z.array(box),
    negatives: z.array(box),
  })
  .describe('Null: the server is given no annotations.');

const stagesSchema = z
  .strictObject({
    model: z.strictObject({
      backbone: z.string(),
      structure: z.enum(['fpn', 'lastTwo', 'c4', 'c5', 'dc5']),
      channels: count,
      classes: z.array(z.string()),
      boxPool: poolSettings,
      shared: z
        .strictObject({ side: count, channels: count })
        .nullable()
        .describe('What res5 makes of an RoI in structure c4.'),
      mask: maskBranch.nullable(),
      joints: count.nullable(),
    }),
    picture: size.describe('Of the upright original.'),
    input: z.strictObject({
      width: count,
      height: count,
      paddedWidth: count,
      paddedHeight: count,
      scale: z.tuple([real, real]).describe('Resized over original.'),
      mean: three,
      std: three,
      range: z.tuple([real, real]),
    }),
    features: z.array(
      z.strictObject({
        level,
        stride: real,
        channels: count,
        strength: grid.describe('Mean over the channels of |activation|.'),
      }),
    ),
    rpn: z.strictObject({
      anchors: count,
      levels: z.array(
        z.strictObject({
          level,
          stride: pair,
          shapes: z.array(box).describe('Anchors around the origin.'),
          objectness: grid.describe('The best of the anchors at each location, 0…1.'),
          candidates: count,
          afterNms: count,
          selected: count,
        }),
      ),
    }),
    proposals: z.strictObject({
      perLevel: count,
      limit: count,
      nmsThreshold: real,
      beforeNms: z.array(proposal),
      selected: z.array(proposal).describe('What is pooled, best first.'),
      canonicalSize: real
        .nullable()
        .describe('√area from which on a RoI is pooled from P4; null with one map.'),
      pooledFrom: z.array(z.strictObject({ level, count })),
    }),
    detections: z.strictObject({
      scoreThreshold: real,
      nmsThreshold: real,
      nmsOverlap: z.enum(['union', 'smaller']).describe('What overlaps are a part of in NMS.'),
      limit: count,
      candidates: count,
      selected: count.describe('What NMS and the limit left.'),
      rescored: z.boolean().describe('Whether scores are multiplied by the certainty of the masks.'),
      instances: z.array(instance).describe('Best first.'),
    }),
    sampling: sampling.nullable(),
  })
  .describe('What every stage of the prediction saw.');

const sampledAxis = z.strictObject({ start: real, binSize: real, samples: reals });
const quantisedAxis = z.strictObject({
  start: z.int(),
  end: z.int(),
  bins: z.array(z.tuple([z.int(), z.int()])),
  dropped: z.int(),
});
const region = z.tuple([real, real, real, real]).describe('The RoI as it is taken, in feature pixels.');
const sampled = z.strictObject({ region, x: sampledAxis, y: sampledAxis, values: grid });
const quantised = z.strictObject({ region, x: quantisedAxis, y: quantisedAxis, values: grid });

const pooledRoi = z
  .strictObject({
    box,
    level,
    stride: real,
    choice: z
      .strictObject({
        canonicalSize: real.describe('√area from which on a RoI is pooled from P4.'),
        exact: real.describe('4 + log2(√area / canonicalSize)'),
      })
      .nullable()
      .describe('Null with one map.'),
    onMap: z.tuple([real, real, real, real]).describe('The box in feature pixels.'),
    pool: poolSettings,
    channel: count.describe('The one that varies most within the RoI, which the grids show.'),
    patch: z.strictObject({ origin: pair, grid }),
    poolings: z
      .strictObject({ roiAlign: sampled, roiWarp: sampled, roiPool: quantised, roiPoolFloor: quantised })
      .describe("That channel by every pooler; the model's own is that of pool.kind."),
  })
  .describe('An RoI on its map: what the model samples or quantises, and what other poolers would.');

const mask = z.strictObject({
  roi: pooledRoi,
  side: count,
  logits: z.array(reals).describe('[channels][side · side]'),
  channel: count.describe('Position in logits of what the prediction took.'),
  probabilities: reals.describe('What the prediction made of it.'),
  otherwise: reals.nullable().describe('What a softmax would have given, or of a softmax model the sigmoid.'),
  resized: z.strictObject({ x: z.int(), y: z.int(), width: count, height: count, step: count, grid }),
  originalBox,
  pasted: rle,
  area: count,
  training: z.strictObject({
    source: z.enum(['annotation', 'prediction']),
    overlap: real.nullable(),
    label: count,
    target: reals,
    logits: reals,
    loss: real,
  }),
});

const keypoints = z.strictObject({
  side: count,
  heatMaps: z.array(reals).describe('[joints][side · side], logits'),
});

const focusSchema = z
  .strictObject({
    instance: count.nullable().describe('Position in detections.instances, from 0.'),
    fate: z.enum(['instance', 'background', 'suppressed', 'dropped']),
    suppressedBy: count.nullable(),
    label: count,
    proposal: z.strictObject({
      ...proposal.shape,
      rank: count.describe('Position in proposals.selected, from 0.'),
      anchor: z.strictObject({ box, logit: real, deltas }),
    }),
    classScores: reals,
    deltas,
    codingWeights: z.tuple([real, real, real, real]),
    box: box,
    iou: real,
    rivals: z.array(z.strictObject({ proposal: box, box, score: real })),
    boxRoi: pooledRoi,
    mask: mask.nullable(),
    keypoints: keypoints.nullable(),
  })
  .describe('One RoI, followed from its anchor to its mask.');

export const explanationSchema = z.strictObject({
  requestId: z.string(),
  model: z.string(),
  stages: stagesSchema.nullable(),
  focus: focusSchema.nullable().describe('Null where the RPN proposed nothing.'),
});

/** What `/v1/explain` answers as JSON. */
export type ExplanationBody = z.infer<typeof explanationSchema>;
