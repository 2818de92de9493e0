import { expect, test } from 'vitest';
import { nearNames, suggestion } from './near-names.ts';

const known = [
  'maskrcnn_resnet50_fpn_coco',
  'maskrcnn_resnet50_fpn_v2_coco',
  'fasterrcnn_resnet50_fpn_coco',
  'fasterrcnn_resnet50_fpn_v2_coco',
];

test('a misspelt or shortened name finds the intended ones, nearest first', () => {
  expect(nearNames('maskrcnn_resnet50_fnp_coco', known)[0]).toBe('maskrcnn_resnet50_fpn_coco');
  expect(nearNames('fasterrcnn-resnet50-fpn-v2', known)[0]).toBe('fasterrcnn_resnet50_fpn_v2_coco');
  expect(nearNames('MaskRCNN', known, 2)).toEqual([
    'maskrcnn_resnet50_fpn_coco',
    'maskrcnn_resnet50_fpn_v2_coco',
  ]);
});

test('a name that other libraries use finds ours, where it is known', () => {
  expect(nearNames('threshold', ['observe', 'score'])).toEqual(['score']);
  expect(nearNames('threshold', ['observe'])).toEqual([]);
});

test('an unlike name finds nothing', () => {
  expect(nearNames('yolo', known)).toEqual([]);
  expect(nearNames('', known)).toEqual([]);
});

test('a suggestion lists the names if none is similar, the first of many', () => {
  const many = Array.from({ length: 148 }, (_, i) => `name${i}`);
  expect(suggestion('colour', many)).toMatch(/^; known: name0, .*, name23, … \(148 in all\)$/);
  expect(suggestion('minsize', ['maxSize', 'minSize'])).toBe(' (did you mean minSize or maxSize?)');
  expect(suggestion('colour', ['mean', 'std'])).toBe('; known: mean, std');
});
