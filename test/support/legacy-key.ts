import { legacyNames } from '../../src/import/torchvision/legacy-names.ts';

const byCurrentName = new Map([...legacyNames].map(([legacy, current]) => [current, legacy]));

/** The inverse of `currentKey`, for models of the v1 recipe, the only ones that existed then. */
export function legacyKey(key: string): string {
  return byCurrentName.get(key) ?? key;
}
