import { describe, expect, it } from 'vitest';
import { focusOf, goldenPicture, maskRcnn } from '../../../test/support/tiny-explainer.ts';
import { maskTargets } from '../../ops/mask-targets.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import { overlapOf } from './plain.ts';

const { explanation, explainer } = maskRcnn;
const focus = focusOf(explanation);

describe('with annotations', () => {
  const instance = explanation.detections.instances[focus.instance ?? -1];
  const pixels = instance.mask;
  if (!pixels) throw new Error('expected a mask');
  const truth = {
    boxes: Float32Array.from(focus.proposal.box, (corner, i) => corner / explanation.input.scale[i % 2]),
    labels: Int32Array.of(focus.label),
    masks: [rleFromCounts(pixels.counts, pixels.size)],
  };
  const annotate = async (given: typeof truth) =>
    explainer.explain(await goldenPicture('enlarged'), {
      score: 0.05,
      instance: focus.instance ?? 0,
      truth: given,
    });

  it('samples the true box with the proposals that overlap it, and shows the others as background', async () => {
    const { sampling } = await annotate(truth);
    if (!sampling) throw new Error('expected a sample');
    const [object] = sampling.objects;
    expect(sampling.positives).toContainEqual(object);
    expect(sampling.positives.length + sampling.negatives.length).toBeLessThanOrEqual(sampling.batch);
    for (const box of sampling.positives) expect(overlapOf(box, object)).toBeGreaterThanOrEqual(0.5);
    for (const box of sampling.negatives) expect(overlapOf(box, object)).toBeLessThan(0.5);
  });

  it('crops the annotated mask by the proposal and reads the true class’ channel', async () => {
    const other = (focus.label % 4) + 1;
    const explained = await annotate({ ...truth, labels: Int32Array.of(other) });
    const training = focusOf(explained).mask?.training;
    expect(training).toMatchObject({ source: 'annotation', label: other });
    expect(training?.overlap).toBeCloseTo(1, 4);
    expect(training?.target).toEqual([...maskTargets(truth.masks, truth.boxes, [0], 28)]);
    expect(training?.logits).not.toEqual(focus.mask?.training.logits);
  });

  it('says when the proposal would be background', async () => {
    const corner = { ...truth, boxes: Float32Array.of(0, 0, 3, 3) };
    const explained = await annotate(corner);
    expect(focusOf(explained).mask?.training).toMatchObject({ source: 'prediction', label: focus.label });
    expect(focusOf(explained).mask?.training.overlap).toBeLessThan(0.5);
  });

  it('accepts a picture without objects', async () => {
    const none = { boxes: new Float32Array(0), labels: new Int32Array(0), masks: [] };
    const { sampling, ...rest } = await annotate(none);
    expect(sampling).toMatchObject({ objects: [], positives: [] });
    expect(focusOf({ ...rest, sampling }).mask?.training.overlap).toBeNull();
  });
});
