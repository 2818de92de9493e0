import { expect, test } from 'vitest';
import { choicesOf, planeChoiceOf } from './query-choices.ts';

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

test('tiles are a size in pixels or auto, and the overlap belongs to them', () => {
  expect(choicesOf({ tile: '640', tileOverlap: 0.3 }, model).tile).toEqual({ size: 640, overlap: 0.3 });
  expect(choicesOf({ tile: 'auto' }, model).tile).toEqual({ size: 'auto', overlap: undefined });
  expect(() => choicesOf({ tileOverlap: 0.3 }, model)).toThrow('query: tileOverlap needs tile');
});

test('a channel is a number or a name', () => {
  expect(planeChoiceOf({ page: 3, channel: '2' })).toEqual({ page: 3, channel: 2 });
  expect(planeChoiceOf({ channel: 'DAPI' })).toEqual({ page: undefined, channel: 'DAPI' });
});
