import { describe, expect, it } from 'vitest';
import { focusOf, goldenPicture, maskRcnn } from '../../../test/support/tiny-explainer.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import { overlapOf } from './plain.ts';

const { explanation, explainer } = maskRcnn;
const focus = focusOf(explanation);

describe('the losses of the RoI', () => {
  /** Deltas that lead from a box to another (Girshick et al. 2014, appendix C), written out. */
  const deltasTo = (to: readonly number[], from: readonly number[], weights: readonly number[]) => {
    const [w, h] = [from[2] - from[0], from[3] - from[1]];
    return [
      (weights[0] * (to[0] + to[2] - from[0] - from[2])) / 2 / w,
      (weights[1] * (to[1] + to[3] - from[1] - from[3])) / 2 / h,
      weights[2] * Math.log((to[2] - to[0]) / w),
      weights[3] * Math.log((to[3] - to[1]) / h),
    ];
  };
  const smoothL1 = (predicted: readonly number[], target: readonly number[]) =>
    predicted
      .map((value, i) => Math.abs(value - target[i]))
      .reduce((sum, d) => sum + (d < 1 / 9 ? (9 * d * d) / 2 : d - 1 / 18), 0);

  it('take the final box as the truth without annotations', () => {
    const { losses, proposal, box, label, classScores, codingWeights } = focus;
    if (!losses) throw new Error('expected losses');
    const { anchor } = proposal;
    expect(losses.source).toBe('prediction');
    expect(losses.rpn.overlap).toBeCloseTo(overlapOf(anchor.box, box), 6);
    expect(losses.box).toMatchObject({ label, overlap: focus.iou });
    expect(losses.box.classification).toBeCloseTo(-Math.log(classScores[label]), 6);
    // The prediction stands in for the truth: its own offsets lead there, unless the box was clipped.
    expect(losses.box.box?.predicted).toEqual(focus.deltas);
    const target = deltasTo(box, proposal.box, codingWeights);
    losses.box.box?.target.forEach((value, i) => {
      expect(value).toBeCloseTo(target[i], 3);
    });
    expect(losses.box.box?.loss).toBeCloseTo(smoothL1(focus.deltas, target), 2);
  });

  it('label anchors and proposals of an annotated picture as training does', async () => {
    const { instances } = explanation.detections;
    const { width, height } = explanation.picture;
    const emptyMask = rleFromCounts([width * height], [height, width]);
    const boxes = Float32Array.from(instances.flatMap(({ originalBox }) => originalBox));
    const labels = Int32Array.from(instances, ({ label }) => label);
    const recorded = await explainer.record(await goldenPicture('enlarged'), {
      score: 0.05,
      truth: { boxes, labels, masks: instances.map(() => emptyMask) },
    });
    const { foreground, background } = recorded.stages().rpn.training;
    const truth = recorded.stages().sampling?.objects ?? [];
    const roles = new Set<string>();
    for (const rank of explanation.proposals.selected.keys()) {
      const followed = await recorded.follow({ proposal: rank });
      if (!followed?.losses) throw new Error('expected losses');
      const { losses, proposal, classScores } = followed;
      const { anchor } = proposal;
      const { rpn, box } = losses;
      roles.add(rpn.role);
      const best = Math.max(...truth.map((object) => overlapOf(anchor.box, object)));
      expect(rpn.overlap).toBe(best);
      if (best >= foreground) expect(rpn.role).toBe('positive');
      if (rpn.role === 'ignored') expect(best).toBeGreaterThanOrEqual(background);
      const probability = 1 / (1 + Math.exp(-anchor.logit));
      const entropy = -Math.log(rpn.role === 'positive' ? probability : 1 - probability);
      if (rpn.role === 'ignored') expect(rpn).toMatchObject({ objectness: null, box: null });
      else expect(rpn.objectness).toBeCloseTo(entropy, 5);
      if (rpn.box) {
        const object = truth.find((one) => overlapOf(anchor.box, one) === best) ?? [];
        expect(rpn.box.loss).toBeCloseTo(
          smoothL1(anchor.deltas, deltasTo(object, anchor.box, [1, 1, 1, 1])),
          3,
        );
      }
      const matched = Math.max(...truth.map((object) => overlapOf(proposal.box, object))) >= 0.5;
      expect(box.label > 0).toBe(matched);
      expect(box.box !== null).toBe(matched);
      expect(box.classification).toBeCloseTo(-Math.log(classScores[box.label]), 5);
    }
    expect(roles.size).toBeGreaterThan(1);
  });
});
