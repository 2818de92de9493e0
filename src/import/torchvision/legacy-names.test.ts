import { describe, expect, it } from 'vitest';
import { goldenLegacyNames, goldenModels } from '../../../test/support/golden-weights.ts';
import { currentKey, hasLegacyNames } from './legacy-names.ts';

describe('the names of 2019', () => {
  const published = goldenModels()['maskrcnn_resnet50_fpn frozen']!;
  // torchvision itself loaded these names strictly when the golden was made.
  const names = Object.entries(published.legacyNames!);

  it('map to the current name of every key of a real model, no two to the same', () => {
    expect(names).toHaveLength(Object.keys(published.shapes).length);
    expect(names.filter(([legacy, current]) => legacy !== current)).toHaveLength(26);
    for (const [legacy, current] of names) expect(currentKey(legacy)).toBe(current);
    expect(goldenLegacyNames().size).toBe(names.length);
  });

  it('are distinguished from the current ones', () => {
    expect(hasLegacyNames(names.map(([legacy]) => legacy))).toBe(true);
    expect(hasLegacyNames(names.map(([, current]) => current))).toBe(false);
  });
});

describe('current names', () => {
  it.each(Object.keys(goldenModels()))('of %s stay as they are', (name) => {
    for (const key of Object.keys(goldenModels()[name]!.shapes)) {
      expect(currentKey(key)).toBe(key);
      expect(currentKey(goldenLegacyNames().get(key) ?? key)).toBe(key);
    }
  });
});
