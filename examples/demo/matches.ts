import type { Instance } from '../../src/index.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import type { Rle } from '../../src/ops/rle/rle.ts';

/** The ground truth of a drawn object. */
export interface TrueInstance {
  readonly category: { readonly id: number };
  readonly mask: Rle;
}

/** Masks that overlap more than this (intersection over union) show the same object. */
const sameObject = 0.5;

/** Agreement between the instances of a picture and the drawn objects. */
export interface Agreement {
  /** For each instance: IoU of its mask with the drawn object that it found, or null for a false positive. */
  readonly ious: readonly (number | null)[];
  /** Drawn objects that were found. */
  readonly found: number;
}

/**
 * Matches each instance, by descending score, to the drawn object of its category with the highest overlap. An object
 * is matched at most once.
 */
export function matchInstances(
  instances: readonly Pick<Instance, 'category' | 'mask'>[],
  drawn: readonly TrueInstance[],
): Agreement {
  const missing = new Set(drawn);
  const ious = instances.map(({ category, mask }) => {
    const candidates = [...missing].filter((object) => object.category.id === category.id);
    if (!mask || candidates.length === 0) return null;
    const overlaps = candidates.map((object) => rleIou([mask.rle], [object.mask], [false])[0]);
    const best = Math.max(...overlaps);
    if (best <= sameObject) return null;
    missing.delete(candidates[overlaps.indexOf(best)]);
    return best;
  });
  return { ious, found: drawn.length - missing.size };
}
