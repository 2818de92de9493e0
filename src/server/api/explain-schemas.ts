import { z } from 'zod';
import { boxSchema, maskSchema, roiPoolSchema } from '../../config/schema.ts';
import type { ExplainedStages } from '../../predict/explain/recorded-prediction.ts';
import { type Language, languages } from '../../vis/report/text.ts';
import { predictQuerySchema } from './schemas.ts';

/** The parameters and response of `/v1/explain`. The fields are those of `explanation/explanation.ts`, documented there. */

const position = z.int().min(1);
const poolerName = roiPoolSchema.shape.kind.unwrap();

export const explainQuerySchema = predictQuerySchema.omit({ tile: true, tileOverlap: true }).extend({
  instance: position
    .optional()
    .describe(
      'The instance to explain in detail, counted from 1 by descending score; default: an instructive one.',
    ),
  proposal: position
    .optional()
    .describe(
      'The proposal to explain instead, counted from 1 by descending score, whether or not it became an instance.',
    ),
  pooler: poolerName
    .optional()
    .describe(
      'Pools the RoIs of all branches by this method, with the same weights, for comparison; default: the model’s own.',
    ),
  part: z
    .enum(['all', 'focus'])
    .default('all')
    .describe('JSON only: everything, or only the selected RoI (stages is then null).'),
  lang: z
    .enum(Object.keys(languages) as Language[])
    .default('en')
    .describe('HTML only: language of the report.'),
});

const real = z.number();
const count = z.int().nonnegative();
const level = z.string().describe('p2 … p6, c4 or c5');
const box = z.tuple([real, real, real, real]).describe('[x1, y1, x2, y2] in pixels of the resized picture.');
const originalBox = z.tuple([real, real, real, real]).describe('[x1, y1, x2, y2] in pixels of the original.');
const deltas = z.tuple([real, real, real, real]).describe('[dx, dy, dw, dh]');
const pair = z.strictObject({ x: real, y: real });
const size = z.strictObject({ width: count, height: count });
const reals = z.array(real);
const grid = z
  .strictObject({ rows: count, columns: count, values: reals })
  .describe('Values on a grid, row-major.');
const rle = z
  .strictObject({ size: z.tuple([count, count]), counts: z.array(count) })
  .describe(
    "COCO's uncompressed run-length encoding: column-major, background first; size is [height, width].",
  );
const proposal = z.strictObject({ box, score: real.describe('Objectness, 0…1.'), level });
const three = z.tuple([real, real, real]);

const pose = z.strictObject({
  points: z.array(z.strictObject({ name: z.string(), x: real, y: real, score: real })),
  skeleton: z.array(z.tuple([count, count])).describe('Bones, as pairs of indices into points.'),
});

const poolSettings = z
  .strictObject({
    kind: poolerName,
    resolution: count,
    mode: roiPoolSchema.shape.mode.unwrap(),
    samplingRatio: count,
    aligned: z.boolean(),
  })
  .describe('Pooling settings of a branch, as in the configuration.');

const maskBranch = z.strictObject({
  pool: poolSettings,
  side: count,
  head: maskSchema.shape.head.unwrap(),
  layers: z.array(count),
  output: maskSchema.shape.output.unwrap(),
  paste: maskSchema.shape.paste.unwrap(),
});

const instance = z.strictObject({
  label: count.describe('Index into classes; classes[0] is the background.'),
  score: real,
  classScore: real.describe('Score of the class and box branch; equals score unless masks rescore it.'),
  box,
  originalBox,
  mask: rle.nullable(),
  pose: pose.nullable().describe('Keypoints, in pixels of the original.'),
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
  .describe('Always null: the server has no annotations.');

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
        .describe('Output of res5 for an RoI in structure c4; null otherwise.'),
      mask: maskBranch.nullable(),
      keypoints: count.nullable(),
    }),
    picture: size.describe('Size of the upright original.'),
    input: z.strictObject({
      width: count,
      height: count,
      paddedWidth: count,
      paddedHeight: count,
      scale: z.tuple([real, real]).describe('Resized size over original size, [x, y].'),
      mean: three,
      std: three,
      range: z.tuple([real, real]),
    }),
    features: z.array(
      z.strictObject({
        level,
        stride: real,
        channels: count,
        strength: grid.describe('Mean of |activation| over the channels.'),
      }),
    ),
    rpn: z.strictObject({
      anchors: count,
      training: z.strictObject({ foreground: real, background: real, batch: count, fraction: real }),
      levels: z.array(
        z.strictObject({
          level,
          stride: pair,
          shapes: z.array(box).describe('Anchors centred on the origin.'),
          objectness: grid.describe('Maximum over the anchors at each location, 0…1.'),
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
      selected: z.array(proposal).describe('Proposals that are pooled, by descending score.'),
      canonicalSize: real
        .nullable()
        .describe('√area at or above which an RoI is pooled from P4; null with a single map.'),
      pooledFrom: z.array(z.strictObject({ level, count })),
    }),
    detections: z.strictObject({
      scoreThreshold: real,
      nmsThreshold: real,
      nmsOverlap: boxSchema.shape.nmsOverlap.unwrap().describe('Denominator of the overlap in NMS.'),
      limit: count,
      candidates: count,
      beforeNms: z
        .array(
          z.strictObject({
            box,
            score: real,
            label: count,
            proposal: count.describe('Index into proposals.selected.'),
          }),
        )
        .describe('These pairs, by descending score.'),
      selected: count.describe('Detections left after NMS and the limit.'),
      rescored: z.boolean().describe('Whether scores are multiplied by the mask confidence.'),
      instances: z.array(instance).describe('By descending score.'),
    }),
    sampling: sampling.nullable(),
  })
  .describe('Recorded values of every stage of the prediction.') satisfies z.ZodType<ExplainedStages>;

const sampledAxis = z.strictObject({ start: real, binSize: real, samples: reals });
const quantisedAxis = z.strictObject({
  start: z.int(),
  end: z.int(),
  bins: z.array(z.tuple([z.int(), z.int()])),
  dropped: z.int(),
});
const region = z.tuple([real, real, real, real]).describe('The pooled region in feature pixels.');
const sampled = z.strictObject({ region, x: sampledAxis, y: sampledAxis, values: grid });
const quantised = z.strictObject({ region, x: quantisedAxis, y: quantisedAxis, values: grid });

const pooledRoi = z
  .strictObject({
    box,
    level,
    stride: real,
    choice: z
      .strictObject({
        canonicalSize: real.describe('√area at or above which an RoI is pooled from P4.'),
        exact: real.describe('4 + log2(√area / canonicalSize)'),
      })
      .nullable()
      .describe('Null with a single map.'),
    onMap: z.tuple([real, real, real, real]).describe('The box in feature pixels.'),
    pool: poolSettings,
    channel: count.describe('The channel shown by the grids: the one that varies most within the RoI.'),
    patch: z.strictObject({ origin: pair, grid }),
    poolings: z
      .strictObject({ roiAlign: sampled, roiWarp: sampled, roiPool: quantised, roiPoolFloor: quantised })
      .describe("That channel pooled by every pooler; the model's own is pool.kind."),
  })
  .describe('An RoI on its feature map: what the model samples or quantises, and what other poolers would.');

const mask = z.strictObject({
  roi: pooledRoi,
  side: count,
  logits: z.array(reals).describe('[channels][side · side]'),
  channel: count.describe('Index into logits of the channel used by the prediction.'),
  probabilities: reals.describe('Probabilities used by the prediction.'),
  otherwise: reals.nullable().describe('Probabilities by softmax, or by sigmoid if the model uses softmax.'),
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
  heatMaps: z.array(reals).describe('[keypoints][side · side], logits'),
});

const regression = z.strictObject({ target: deltas, predicted: deltas, loss: real }).nullable();

const losses = z
  .strictObject({
    source: z.enum(['annotation', 'prediction']),
    rpn: z.strictObject({
      overlap: real,
      role: z.enum(['positive', 'negative', 'ignored']),
      objectness: real.nullable(),
      box: regression,
    }),
    box: z.strictObject({ overlap: real, label: count, classification: real, box: regression }),
  })
  .describe('Losses of this RoI alone, before averaging over a sample.');

const focusSchema = z
  .strictObject({
    instance: count.nullable().describe('Index into detections.instances.'),
    fate: z.enum(['instance', 'background', 'belowThreshold', 'suppressed', 'rescored', 'dropped']),
    suppressedBy: count.nullable(),
    label: count,
    proposal: z.strictObject({
      ...proposal.shape,
      rank: count.describe('Index into proposals.selected.'),
      anchor: z.strictObject({ box, logit: real, deltas }),
    }),
    classScores: reals,
    deltas,
    codingWeights: z.tuple([real, real, real, real]),
    box,
    iou: real,
    rivals: z.array(z.strictObject({ proposal: box, box, score: real })),
    boxRoi: pooledRoi,
    mask: mask.nullable(),
    losses: losses.nullable(),
    keypoints: keypoints.nullable(),
  })
  .describe('One RoI, from its anchor to its mask.');

export const explanationSchema = z.strictObject({
  requestId: z.string(),
  model: z.string(),
  stages: stagesSchema.nullable(),
  focus: focusSchema.nullable().describe('Null if the RPN found no proposals.'),
});

/** The JSON response of `/v1/explain`. */
export type ExplanationBody = z.infer<typeof explanationSchema>;
