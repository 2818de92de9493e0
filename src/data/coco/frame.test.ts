import { expect, test } from 'vitest';
import { frameProblem, isTurned } from './frame.ts';

const annotated = { width: 40, height: 30 };
const [lying, standing] = [annotated, { width: 30, height: 40 }];

test.each([
  [{ ...lying, stored: lying }, undefined],
  [{ ...lying, stored: standing }, undefined],
  [{ ...standing, stored: lying }, /got a picture of 30×40, with its EXIF orientation applied; were/],
  [{ ...standing, stored: standing }, /got a picture of 30×40$/],
  [standing, /got a picture of 30×40, perhaps turned by its EXIF orientation; were/],
  [{ width: 20, height: 15 }, /^expected 40×30 pixels, got a picture of 20×15$/],
])('%j', (picture, problem) => {
  const found = frameProblem(annotated, picture);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});

test('a square picture is not turned', () => {
  const square = { width: 40, height: 40 };
  expect(isTurned(square, { ...square, stored: square })).toBe(false);
});
