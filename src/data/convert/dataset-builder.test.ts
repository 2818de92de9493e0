import { expect, test } from 'vitest';
import { DatasetBuilder } from './dataset-builder.ts';

test('a group of more boxes than a call takes arguments is one box', () => {
  const builder = new DatasetBuilder('a.json', 'a');
  const image = builder.addImage('a.png', { width: 300, height: 300 });
  const boxes = Array.from({ length: 140_000 }, (_, i) => ({ box: [i % 200, 3, 5, 7] as const }));
  builder.addObject(image, 'cat', boxes);
  expect(builder.build().dataset.annotations).toMatchObject([{ bbox: [0, 3, 204, 7] }]);
});

test('an image larger than any that can be read is refused by name', () => {
  const builder = new DatasetBuilder('a.json', 'a');
  expect(() => builder.addImage('a.png', { width: 65_537, height: 1 })).toThrow(
    /^a\.png: has 65537×1 pixels/,
  );
  expect(() => builder.addImage('a.png', { width: 65_536, height: 65_536 })).toThrow(
    /^a\.png: has 65536×65536/,
  );
});
