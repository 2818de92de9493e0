import { expect, test } from 'vitest';
import { CocoData } from './dataset.ts';
import { uniqueRecords } from './unique-records.ts';

const image = { id: 1, file_name: 'a.png', width: 2, height: 3 };
const cat = { id: 7, name: 'cat' };
const annotation = { id: 1, image_id: 1, category_id: 7 };
const data = (images: object[], categories: object[]) =>
  new CocoData({ images, categories, annotations: [annotation, annotation] } as never, 'a.json');

test('repeated images and categories count once, annotations as often as they are listed', () => {
  const notes: string[] = [];
  const unique = uniqueRecords(data([image, { ...image }], [cat, { ...cat }, cat]), (line) =>
    notes.push(line),
  );
  expect(unique).toMatchObject({ images: [image], categories: [cat], annotations: [annotation, annotation] });
  expect(notes).toEqual([
    'a.json: images: left out 1 repeated record',
    'a.json: categories: left out 2 repeated records',
  ]);
  const whole = data([image], [cat]);
  expect(uniqueRecords(whole)).toBe(whole);
});

test('different ones with the same id are refused', () => {
  expect(() => uniqueRecords(data([image, { ...image, file_name: 'b.png' }], [cat]))).toThrow(
    'a.json: images: a.png (2×3) and b.png (2×3) have the same id, 1; renumber them',
  );
  expect(() => uniqueRecords(data([image], [cat, { ...cat, name: 'dog' }]))).toThrow(
    'a.json: categories: cat and dog have the same id, 7; renumber them',
  );
});
