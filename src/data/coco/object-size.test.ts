import { expect, it } from 'vitest';
import { CocoData } from './dataset.ts';
import { usualObjectSize } from './object-size.ts';

const limits = { minSize: 200, maxSize: 1000 };

it('is the median of the pictures, resized as the model resizes them', () => {
  const images = [1, 2, 3].map((id) => ({ id, file_name: `${id}.png`, width: 100, height: 100 }));
  const boxes: [image: number, side: number][] = [
    [1, 10],
    [1, 10],
    [1, 40],
    [2, 20],
  ];
  const annotations = boxes.map(([image_id, side], i) => ({
    id: i + 1,
    image_id,
    category_id: 1,
    iscrowd: 0 as const,
    bbox: [0, 0, side, side] as [number, number, number, number],
  }));
  const crowd = { ...annotations[0], id: 9, image_id: 3, iscrowd: 1 as const };
  const categories = [{ id: 1, name: 'cell' }];
  const data = new CocoData({ images, annotations: [...annotations, crowd], categories });
  expect(usualObjectSize(data, limits)).toBe(40);
  const outlined = { id: 10, image_id: 3, category_id: 1, area: 900 };
  expect(
    usualObjectSize(new CocoData({ images, annotations: [...annotations, outlined], categories }), limits),
  ).toBe(40);
  expect(usualObjectSize(new CocoData({ images, annotations: [], categories }), limits)).toBeNull();
});
