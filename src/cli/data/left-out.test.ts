import { expect, test } from 'vitest';
import { leftOutLines } from './left-out.ts';

test.each([
  ['crowds', 'crowd'],
  ['boxes without an area', 'box without an area'],
  ['objects without a class', 'object without a class'],
  ['annotations without a mask or a box', 'annotation without a mask or a box'],
  ['masks that others cover', 'mask that others cover'],
  ['line shapes, which have no area', 'line shape, which has no area'],
  ['<polygon> elements of fewer than 3 points', '<polygon> element of fewer than 3 points'],
  ['shapes labelled __ignore__', 'shape labelled __ignore__'],
  ["JSON files that are not labelme's (cats.json)", "JSON file that is not labelme's (cats.json)"],
  ['label rows that repeat another row of their file', 'label row that repeats another row of its file'],
  ['regions without a value of classes', 'region without a value of classes'],
  ['picture (cats.png): no such picture in photos', 'picture (cats.png): no such picture in photos'],
  ['split that data.yaml names (no folder val)', 'split that data.yaml names (no folder val)'],
])('one of %j is counted in the singular', (several, one) => {
  expect(leftOutLines({ [several]: 1 })).toEqual([`left out: 1 ${one}`]);
  expect(leftOutLines({ [several]: 2 })).toEqual([`left out: 2 ${several}`]);
});
