import { describe, expect, it } from 'vitest';
import { firstOfEach, goldenTensors } from '../../test/support/golden-train.ts';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { boxSchema, rpnTrainingSchema } from '../config/schema.ts';
import { seededRandom } from '../core/random.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { roiTargets } from './targets-roi.ts';
import { allAnchors, rpnTargets } from './targets-rpn.ts';

const golden = await goldenTensors('targets.safetensors');
const rpnConfig = rpnTrainingSchema.parse({});
const boxConfig = boxSchema.parse({
  head: { pool: { resolution: 7 }, norm: { kind: 'none' }, fullyConnected: [8] },
  training: { batchSizePerImage: 64 },
});
const anchors = allAnchors(
  {
    anchors: {
      sizes: [[16], [32], [64], [128], [256]],
      aspectRatios: Array.from({ length: 5 }, () => [0.5, 1, 2]),
      placement: 'rounded',
    },
  },
  [
    [40, 56],
    [20, 28],
    [10, 14],
    [5, 7],
    [3, 4],
  ].map(([rows, columns]) => ({ rows, columns })),
  { height: 160, width: 224 },
);

describe.each(['objects', 'empty'])('targets of a picture: %s', async (kind) => {
  const truth: GroundTruth = {
    boxes: await golden(`rpn.${kind}.truth`),
    labels: new Int32Array(0),
    masks: [],
  };

  it('for the RPN are the anchors and deltas that torchvision chooses', async () => {
    const targets = rpnTargets({ boxes: anchors, objectness: () => 9 }, truth, rpnConfig, firstOfEach);
    expect([...targets.positive]).toEqual([...(await golden(`rpn.${kind}.positive`))]);
    expect([...targets.negative]).toEqual([...(await golden(`rpn.${kind}.negative`))]);
    expect(largestDifference(targets.deltas, await golden(`rpn.${kind}.deltas`))).toBeLessThan(2e-6);
  });

  it('for the heads are the RoIs, labels, objects and deltas that torchvision chooses', async () => {
    const boxes = await golden(`roi.${kind}.truth`);
    const labels = Int32Array.from({ length: boxes.length / 4 }, (_, i) => 1 + (i % 3));
    const targets = roiTargets(
      await golden(`roi.${kind}.proposals`),
      { boxes, labels, masks: [] },
      boxConfig,
      firstOfEach,
    );
    expect(targets.boxes).toEqual(await golden(`roi.${kind}.boxes`));
    expect([...targets.labels]).toEqual([...(await golden(`roi.${kind}.labels`))]);
    const [objects, deltas] = [await golden(`roi.${kind}.objects`), await golden(`roi.${kind}.deltas`)];
    expect([...targets.objects]).toEqual([...targets.positive].map((i) => objects[i]));
    for (const i of targets.positive) {
      const [ours, theirs] = [targets.deltas, deltas].map((all) => all.subarray(4 * i, 4 * i + 4));
      expect(largestDifference(ours, theirs)).toBeLessThan(2e-5);
    }
    expect([...targets.positive]).toEqual([...targets.labels.keys()].filter((i) => targets.labels[i] > 0));
  });
});

it('the ground-truth boxes are among the RoIs even without proposals', () => {
  const truth = { boxes: Float32Array.of(5, 5, 20, 30), labels: Int32Array.of(2), masks: [] };
  const targets = roiTargets(new Float32Array(0), truth, boxConfig, seededRandom(1));
  expect([...targets.boxes]).toEqual([5, 5, 20, 30]);
  expect([...targets.labels]).toEqual([2]);
  expect([...targets.deltas]).toEqual([0, 0, 0, 0]);
});

describe('anchors of a picture with unknown classes', () => {
  const boxes = Float32Array.of(0, 0, 10, 10, 20, 20, 30, 30, 40, 40, 50, 50);
  /** The RPN takes the second anchor for an object, which nobody annotated. */
  const objectness = (anchor: number) => [2, 2, -2][anchor];
  const truth = { boxes: Float32Array.of(0, 0, 10, 10) };
  const sampledFrom = (picture: { boxes: Float32Array; unknown?: number[] }) => {
    const { positive, negative } = rpnTargets({ boxes, objectness }, picture, rpnConfig, seededRandom(1));
    return { positive: [...positive], negative: [...negative] };
  };

  it('are not negatives if the RPN scores them as objects', () => {
    expect(sampledFrom({ ...truth, unknown: [2] })).toEqual({ positive: [0], negative: [2] });
  });

  it('are all sampled if every class is known', () => {
    expect(sampledFrom(truth)).toEqual({ positive: [0], negative: [1, 2] });
  });
});
