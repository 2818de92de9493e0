/** The pyramid levels from which RoIs are pooled. */
export interface LevelRange {
  readonly first: number;
  readonly last: number;
  /** The √area at or above which an RoI is pooled from P4, in pixels of the resized picture. */
  readonly canonicalSize: number;
}

/** The level from which an RoI of the canonical size is pooled: P4. */
export const canonicalLevel = 4;

/** From torchvision's `LevelMapper`: keeps rounding from moving a box of exactly 112, 224, … px down a level. */
export const levelEpsilon = 1e-6;

/**
 * The level on which each RoI is pooled: ⌊4 + log2(√area / canonicalSize)⌋, clamped (Lin et al. 2017, eq. 1, where it
 * is 224).
 * @param boxes `[R, 4]` in pixels of the resized picture.
 * @returns For each level from `first` to `last`, the indices of its RoIs in ascending order.
 */
export function assignLevels(boxes: Float32Array, { first, last, canonicalSize }: LevelRange): number[][] {
  const levels: number[][] = Array.from({ length: last - first + 1 }, () => []);
  for (let i = 0; i < boxes.length / 4; i++) {
    const area = (boxes[4 * i + 2] - boxes[4 * i]) * (boxes[4 * i + 3] - boxes[4 * i + 1]);
    const scale = Math.fround(Math.log2(Math.fround(Math.sqrt(Math.fround(area))) / canonicalSize));
    const level = Math.floor(Math.fround(canonicalLevel + scale + levelEpsilon));
    levels[Math.min(Math.max(level, first), last) - first].push(i);
  }
  return levels;
}
