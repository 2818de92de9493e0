import { expect, test } from 'vitest';
import { choicesOf } from './query-choices.ts';

const model = { categories: [{ id: 7, name: 'traffic light' }] };

test('classes are separated by commas and belong to the model', () => {
  expect(choicesOf({ score: 0.2, classes: ' traffic light,traffic light' }, model)).toEqual({
    score: 0.2,
    classes: ['traffic light', 'traffic light'],
  });
  expect(() => choicesOf({ classes: 'trafic light' }, model)).toThrow(
    'query: classes: the model has no class trafic light (did you mean traffic light?)',
  );
  expect(choicesOf({ classes: 'person' }, undefined)).toMatchObject({ classes: ['person'] });
});
