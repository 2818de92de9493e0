import { describe, expect, it } from 'vitest';
import { focusOf, maskRcnn } from '../../../test/support/tiny-explainer.ts';

const { explanation, records } = maskRcnn;
const focus = focusOf(explanation);

describe('the mask', () => {
  const { mask } = focus;
  if (!mask) throw new Error('expected a mask');

  it('has the prediction’s probabilities in the channel of the class', () => {
    const pixels = mask.side ** 2;
    const start = (focus.instance ?? -1) * pixels;
    const own = records.masks.data.subarray(start, start + pixels);
    expect(mask.logits).toHaveLength(explanation.model.classes.length);
    mask.logits[focus.label].forEach((logit, i) => {
      expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(own[i], 5);
    });
  });

  it('would have been shared among the classes by a softmax', () => {
    const pixel = 100;
    const shares = mask.logits.slice(1).map((channel) => Math.exp(channel[pixel]));
    expect(mask.otherwise?.[pixel]).toBeCloseTo(shares[focus.label - 1] / shares.reduce((a, b) => a + b), 6);
  });

  it('resized and thresholded, is the pasted mask to the pixel', () => {
    const { resized, area } = mask;
    expect(resized.step).toBe(1);
    const [height] = explanation.detections.instances[focus.instance ?? -1].mask?.size ?? [0];
    const pasted = explanation.detections.instances[focus.instance ?? -1].mask;
    const inside = new Set<number>();
    let position = 0;
    pasted?.counts.forEach((count, run) => {
      for (let i = 0; i < count; i++) if (run % 2 === 1) inside.add(position + i);
      position += count;
    });
    expect(inside.size).toBe(area);
    const { columns, values } = resized.grid;
    let above = 0;
    values.forEach((value, i) => {
      const x = resized.x + (i % columns);
      const y = resized.y + Math.floor(i / columns);
      expect(value > 0.5, `${x},${y}`).toBe(inside.has(x * height + y));
      if (value > 0.5) above++;
    });
    expect(above).toBe(area);
  });

  it('would be a target between 0 and 1 in training, with the loss of its logits', () => {
    const { target, logits, loss } = mask.training;
    expect(Math.min(...target)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...target)).toBeLessThanOrEqual(1);
    const p = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    const entropy = p.reduce((s, q, i) => s - target[i] * Math.log(q) - (1 - target[i]) * Math.log(1 - q), 0);
    expect(loss).toBeCloseTo(entropy / p.length, 4);
  });
});
