import { expect, it } from 'vitest';
import { cocoCategories } from '../../config/coco-categories.ts';
import { jointsFor } from '../../config/coco-joints.ts';
import { chineseNames, shownName } from './shown-names.ts';

it('knows all classes and keypoints of COCO in Chinese', () => {
  const classes = cocoCategories.map(({ name }) => name).filter((name) => name !== 'N/A');
  const joints = jointsFor(17).names;
  expect(classes).toHaveLength(80);
  expect(Object.keys(chineseNames).sort()).toEqual([...classes, ...joints, 'nucleus'].sort());
  for (const name of Object.values(chineseNames)) expect(name).toMatch(/^\p{Script=Han}+$/u);
  expect(new Set(Object.values(chineseNames)).size).toBe(98);
});

it('shows the English name beside the Chinese one, and unknown names as they are', () => {
  expect(shownName('cat', 'zh')).toBe('猫（cat）');
  expect(shownName('cat', 'en')).toBe('cat');
  expect(shownName('constructor', 'zh')).toBe('constructor');
});
