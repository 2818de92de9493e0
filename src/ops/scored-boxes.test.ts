import { describe, expect, it } from 'vitest';
import { bestOf, type ScoredBoxes, selectBoxes, takeScored } from './scored-boxes.ts';

/** Boxes of 10 × 10 pixels at these places along x, with origins from 100 up. */
function group(label: number, rows: readonly [x: number, score: number][]): ScoredBoxes {
  return {
    boxes: Float32Array.from(rows.flatMap(([x]) => [x, 0, x + 10, 10])),
    scores: Float32Array.from(rows, ([, score]) => score),
    labels: new Int32Array(rows.length).fill(label),
    origins: Uint32Array.from(rows, (_, i) => 100 * label + i),
  };
}

const groups = [
  group(1, [
    [0, 0.5],
    [1, 0.75],
    [40, 0.25],
  ]),
  group(2, [
    [0, 0.5],
    [60, 0.875],
  ]),
];
const settings = { minSize: 1, nmsThreshold: 0.5, limit: 3 };

describe('the choice of boxes', () => {
  it('keeps the best of every cluster within a group, and the best of all, with their origins', () => {
    const { scores, labels, origins, boxes } = selectBoxes(groups, settings);
    expect([...scores]).toEqual([0.875, 0.75, 0.5]);
    expect([...labels]).toEqual([2, 1, 2]);
    expect([...origins]).toEqual([201, 101, 200]);
    expect([...boxes.subarray(0, 4)]).toEqual([60, 0, 70, 10]);
  });

  it('reports each group before NMS, and after it before the limit', () => {
    const { candidates, survivors } = selectBoxes(groups, settings);
    expect(candidates.map(({ origins }) => [...origins])).toEqual([
      [100, 101, 102],
      [200, 201],
    ]);
    expect(survivors.map(({ origins }) => [...origins])).toEqual([
      [101, 102],
      [201, 200],
    ]);
  });

  it('drops small boxes before NMS', () => {
    const { candidates, scores } = selectBoxes(groups, { ...settings, minSize: 10.5 });
    expect(candidates.map((each) => each.scores.length)).toEqual([0, 0]);
    expect(scores).toHaveLength(0);
  });

  it('takes groups without boxes, and no group', () => {
    expect(selectBoxes([group(1, []), ...groups], settings).scores).toHaveLength(3);
    expect(selectBoxes([], settings).boxes).toHaveLength(0);
  });
});

describe('rows', () => {
  it('keep what belongs to them', () => {
    const taken = takeScored(groups[0], [2, 0]);
    expect([...taken.origins]).toEqual([102, 100]);
    expect([...taken.scores]).toEqual([0.25, 0.5]);
    expect([...taken.boxes]).toEqual([40, 0, 50, 10, 0, 0, 10, 10]);
  });

  it('of equal scores stay in the order of their groups', () => {
    expect([...bestOf(groups, 4).origins]).toEqual([201, 101, 100, 200]);
  });
});
