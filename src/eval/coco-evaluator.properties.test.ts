import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/properties.ts';
import { encodeBitmap } from '../ops/rle/bitmap.ts';
import type { CocoEvaluation } from './accumulate.ts';
import { CocoEvaluator } from './coco-evaluator.ts';
import type { EvalBox, EvalDetection, EvalTruth } from './objects.ts';
import { evalParams } from './params.ts';

const categories = [
  { id: 1, name: 'cat' },
  { id: 2, name: 'dog' },
];
const side = 16;

interface Scene {
  id: number;
  truths: EvalTruth[];
  detections: EvalDetection[];
}

/** Boxes of few positions and sizes, so that many match. */
const box: fc.Arbitrary<EvalBox> = fc.tuple(
  fc.integer({ min: 0, max: 6 }),
  fc.integer({ min: 0, max: 6 }),
  fc.integer({ min: 4, max: 9 }),
  fc.integer({ min: 4, max: 9 }),
);

const maskOf = ([x, y, width, height]: EvalBox) => {
  const pixels = new Uint8Array(width * height).fill(1);
  return encodeBitmap(pixels, [height, width], { size: [side, side], left: x, top: y });
};

const categoryId = fc.integer({ min: 1, max: 2 });
const scene = fc.record({
  truths: fc.array(fc.record({ categoryId, box, crowd: fc.boolean() }), { maxLength: 5 }),
  found: fc.array(fc.record({ categoryId, box }), { maxLength: 6 }),
});

/** Pictures whose detections have distinct scores, and an order of all scores. */
const scenes = fc.array(scene, { minLength: 1, maxLength: 5 }).chain((drawn) => {
  const total = drawn.reduce((sum, { found }) => sum + found.length, 0);
  const ranks = fc.shuffledSubarray([...Array(total).keys()], { minLength: total });
  return ranks.map((order) => {
    let next = 0;
    return drawn.map(({ truths, found }, i): Scene => {
      const withMask = <T extends { box: EvalBox }>(object: T) => ({ ...object, mask: maskOf(object.box) });
      const detections = found.map((each) => ({
        ...withMask(each),
        score: (1 + order[next++]) / (total + 1),
      }));
      return { id: i + 1, truths: truths.map((each, t) => ({ ...withMask(each), id: t + 1 })), detections };
    });
  });
});

function evaluate(type: 'bbox' | 'segm', all: readonly Scene[]): CocoEvaluation {
  const evaluator = new CocoEvaluator(evalParams(type), categories);
  for (const { id, truths, detections } of all) evaluator.add(id, truths, detections);
  return evaluator.result();
}

/** Compares the bytes of arrays, which is much faster than comparing tens of thousands of numbers one by one. */
function expectSame(actual: CocoEvaluation, expected: CocoEvaluation): void {
  const arrays = ['precision', 'recall', 'scores'] as const;
  for (const name of arrays) {
    const [a, b] = [actual[name], expected[name]].map(({ buffer }) => Buffer.from(buffer));
    expect(a.equals(b), name).toBe(true);
  }
}

const none = new Float64Array();

function shuffled<Item>(items: readonly Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

describe.each(['bbox', 'segm'] as const)('the evaluation of %s', (type) => {
  it('does not depend on the order and the ids of the pictures', () => {
    const cases = scenes.chain((all) => fc.tuple(fc.constant(all), shuffled(all)));
    holds(
      fc.property(cases, ([all, permuted]) => {
        const result = evaluate(type, all);
        expectSame(evaluate(type, permuted), result);
        const renamed = permuted.map((each, i) => ({ ...each, id: i + 1 }));
        expectSame(evaluate(type, renamed), result);
      }),
      30,
    );
  });

  it('does not depend on the order of detections with distinct scores', () => {
    const cases = scenes.chain((all) =>
      fc.tuple(fc.constant(all), ...all.map(({ detections }) => shuffled(detections))),
    );
    holds(
      fc.property(cases, ([all, ...orders]) => {
        const permuted = all.map((each, i) => ({ ...each, detections: orders[i] }));
        expectSame(evaluate(type, permuted), evaluate(type, all));
      }),
      30,
    );
  });

  it('depends only on the order of the scores', () => {
    holds(
      fc.property(scenes, (all) => {
        const stretched = all.map((each) => ({
          ...each,
          detections: each.detections.map((one) => ({ ...one, score: one.score ** 3 })),
        }));
        expectSame({ ...evaluate(type, stretched), scores: none }, { ...evaluate(type, all), scores: none });
      }),
      30,
    );
  });
});
