import { expect, test } from 'vitest';
import { publishedModels } from './published.ts';
import { nearNames } from './published-names.ts';

const known = publishedModels.map(({ name }) => name);

test('a misspelt or shortened name finds what was meant, nearest first', () => {
  expect(nearNames('maskrcnn_resnet50_fnp_coco', known)[0]).toBe('maskrcnn_resnet50_fpn_coco');
  expect(nearNames('fasterrcnn-resnet50-fpn-v2', known)[0]).toBe('fasterrcnn_resnet50_fpn_v2_coco');
  expect(nearNames('MaskRCNN', known, 2)).toEqual([
    'maskrcnn_resnet50_fpn_coco',
    'maskrcnn_resnet50_fpn_v2_coco',
  ]);
});

test('an unlike name finds nothing', () => {
  expect(nearNames('yolo', known)).toEqual([]);
  expect(nearNames('', known)).toEqual([]);
});
