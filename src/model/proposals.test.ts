import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { float32Tensor } from '../core/tensor.ts';
import { anchorsAt } from '../ops/anchors.ts';
import { decodeBoxes } from '../ops/box-coding.ts';
import { boxAt, clipBoxes } from '../ops/boxes.ts';
import { type RpnLevelOutput, selectProposals } from './proposals.ts';
import { levelAnchors, rpnCodingWeights, valuesOfAnchors } from './rpn-anchors.ts';

// Agreement with torchvision is tested on whole models (test/contract/inference-golden.test.ts).
const { rpn } = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'));
const padded = { height: 64, width: 96 };
const picture = { height: 60, width: 90 };

function levelOutput(shapes: number, rows: number, columns: number): RpnLevelOutput {
  const wave = (length: number, scale: number) =>
    Float32Array.from({ length }, (_, i) => scale * Math.sin(3 * i + 1));
  return {
    objectness: float32Tensor([1, shapes, rows, columns], wave(shapes * rows * columns, 3)),
    deltas: float32Tensor([1, 4 * shapes, rows, columns], wave(4 * shapes * rows * columns, 0.3)),
  };
}

describe('proposals', () => {
  const levels = [levelOutput(2, 4, 6), levelOutput(1, 2, 3)];
  const anchors = { ...rpn.anchors, sizes: [[12, 20], [40]], aspectRatios: [[1], [1]] };
  const config = { ...rpn, anchors, preNmsTopN: 30, postNmsTopN: 20 };
  const selected = selectProposals(levels, config, { picture, padded });

  it('carry the anchor that each was made from', () => {
    const { boxes, scores, labels, origins } = selected;
    expect(scores).toHaveLength(20);
    expect(new Set(labels)).toEqual(new Set([0, 1]));
    origins.forEach((origin, i) => {
      const { objectness, deltas } = levels[labels[i]];
      const [, , rows, columns] = objectness.shape;
      const anchor = anchorsAt(levelAnchors(anchors, labels[i], { rows, columns }, padded), [origin]);
      const moved = decodeBoxes(anchor, valuesOfAnchors(deltas, 4, [origin]), rpnCodingWeights);
      expect(boxAt(boxes, i)).toEqual([...clipBoxes(moved, picture)]);
      const [logit] = valuesOfAnchors(objectness, 1, [origin]);
      expect(scores[i]).toBe(Math.fround(1 / (1 + Math.exp(-logit))));
    });
  });

  it('carry what each level was before and after NMS', () => {
    const { candidates, survivors } = selected;
    expect(candidates.map(({ scores }) => scores.length)).toEqual([30, 6]);
    survivors.forEach(({ origins }, level) => {
      expect([...candidates[level].origins]).toEqual(expect.arrayContaining([...origins]));
    });
  });

  it('know their anchors also where boxes and scores are the same', () => {
    const level = {
      objectness: float32Tensor([1, 1, 1, 3], Float32Array.of(1e-10, 3e-10, 2e-10)),
      deltas: float32Tensor([1, 4, 1, 3], new Float32Array(12)),
    };
    const one = { ...config, anchors: { ...anchors, sizes: [[512]], aspectRatios: [[1]] } };
    const { candidates, origins, boxes } = selectProposals([level], one, { picture, padded });
    expect([...candidates[0].scores]).toEqual([0.5, 0.5, 0.5]);
    expect([...boxes]).toEqual([0, 0, 90, 60]);
    expect([...origins]).toEqual([1]);
  });
});
