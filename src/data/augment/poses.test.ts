import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { prepareSample } from '../load/batch.ts';
import { makeSample, type Sample } from '../sample/sample.ts';
import { copyPaste } from './copy-paste.ts';
import { crop, cropRandomly, cutWindow, zoom } from './crop.ts';
import { flip, mirror, rotate } from './flip.ts';

const [width, height] = [40, 30];
/** Keypoints: middle, left, right; each is the middle of a pixel that has a colour of its own. */
const mirrored = [0, 2, 1];
const colors = [
  [250, 0, 0],
  [0, 250, 0],
  [0, 0, 250],
];
const places = [
  [15.5, 9.5],
  [12.5, 14.5],
  [22.5, 16.5],
];

function sampleWithJoints(): Sample {
  const data = new Uint8Array(3 * width * height).fill(100);
  places.forEach(([x, y], joint) => {
    data.set(colors[joint], 3 * (Math.floor(y) * width + Math.floor(x)));
  });
  const bitmap = new Uint8Array(width * height);
  for (let y = 8; y < 20; y++) bitmap.fill(1, y * width + 10, y * width + 26);
  const { size, counts } = encodeBitmap(bitmap, [height, width]);
  const object = {
    id: 1,
    label: 1,
    segmentation: { size: [size[0], size[1]] as const, counts },
    keypoints: places.flatMap(([x, y]) => [x, y, 2]),
  };
  return makeSample({ width, height, data }, { path: 'a.png', width, height, objects: [object] }, mirrored);
}

/** The keypoint whose pixel lies under each keypoint; −1 if it is no longer labelled. */
function colorsUnder({ picture, poses }: Sample): number[] {
  const { points: joints } = poses!;
  return Array.from({ length: joints.length / 3 }, (_, joint) => {
    const [x, y, visibility] = joints.subarray(3 * joint, 3 * joint + 3);
    if (visibility === 0) return -1;
    const at = 3 * (Math.floor(y) * picture.width + Math.floor(x));
    const color = picture.data.slice(at, at + 3).join();
    return colors.findIndex((known) => known.join() === color);
  });
}

const sample = sampleWithJoints();

describe('keypoints stay on their pixels', () => {
  it('in the sample itself', () => expect(colorsUnder(sample)).toEqual([0, 1, 2]));
  it.each([
    ['mirror', mirror],
    ['flip', flip],
  ])('%s, where left and right change names', (_, change) => {
    expect(colorsUnder(change(sample))).toEqual([0, 2, 1]);
  });
  it.each([1, 2, 3] as const)('in a turn by %d right angles, where they keep them', (turns) => {
    expect(colorsUnder(rotate(sample, turns))).toEqual([0, 1, 2]);
  });
  it('in a crop, and are forgotten outside of it', () => {
    expect(colorsUnder(crop(sample, { left: 11, top: 5, width: 10, height: 12 }))).toEqual([0, 1, -1]);
  });
  it.each([1, 2, 3, 4, 5])('in random crops, windows and zooms (%d)', (seed) => {
    const random = seededRandom(seed);
    for (const changed of [
      cropRandomly(sample, 0.4, random),
      cutWindow(sample, 20, random),
      zoom(sample, 0.5, random),
    ]) {
      colorsUnder(changed).forEach((color, joint) => {
        expect([joint, -1]).toContain(color);
      });
    }
  });
});

it('resizes keypoints with the picture', () => {
  const limits = { minSize: 60, maxSize: 200, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const { truth } = prepareSample(sample, 'a', limits, 32);
  expect([...truth.poses!.points]).toEqual(places.flatMap(([x, y]) => [2 * x, 2 * y, 2]));
});

it('pastes keypoints with their object, and hides those below it', () => {
  const pasted = copyPaste(sample, sampleWithJoints(), seededRandom(3));
  expect(pasted.labels).toHaveLength(2);
  const under = colorsUnder(pasted);
  expect(under.slice(3)).toEqual([0, 1, 2]);
  const visibility = [...pasted.poses!.points].filter((_, i) => i % 3 === 2);
  expect(visibility.slice(3)).toEqual([2, 2, 2]);
  const [x1, y1, x2, y2] = pasted.boxes.subarray(4, 8);
  places.forEach(([x, y], joint) => {
    const covered = x > x1 && x < x2 && y > y1 && y < y2;
    expect(visibility[joint], `keypoint ${joint}`).toBe(covered ? 1 : 2);
  });
});

it('names the annotation whose keypoints are of another number', () => {
  const objects = [{ id: 7, label: 1, bbox: [1, 1, 9, 9] as const, keypoints: [1, 1, 2] }];
  const record = { path: 'a.png', width, height, objects };
  expect(() => makeSample(sample.picture, record, mirrored)).toThrow(
    'annotation 7: keypoints: expected x, y and visibility of 3 keypoints (9 numbers), got 3',
  );
});
