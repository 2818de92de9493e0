import { largest } from '../../core/extremes.ts';
import { seededRandom } from '../../core/random.ts';
import type { Size } from '../../ops/boxes.ts';

/**
 * A seed for one purpose at one position in a run: the run's seed and the position suffice to reproduce the
 * same numbers. Neighbouring positions get unrelated seeds (the finaliser of MurmurHash3).
 */
export function seedAt(seed: number, ...place: readonly number[]): number {
  let hash = seed | 0;
  for (const part of place) {
    hash = Math.imul(hash ^ part, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash = (hash ^ (hash >>> 16)) + 0x9e3779b9;
  }
  return hash | 0;
}

/** What `epochOf` knows of a picture. */
export interface EpochPicture {
  /** Of the resized picture. */
  readonly size: Size;
  /** The class indices of its objects. */
  readonly labels: readonly number[];
}

export interface EpochOptions {
  /** Side of the random crop in pixels; null for whole pictures. */
  readonly window: number | null;
  /** Threshold of repeat-factor sampling; null: all categories alike. */
  readonly repeatThreshold: number | null;
}

/**
 * The pictures of an epoch: each once, or as often as windows of the given side fit into it, so that all parts of large
 * and small pictures are seen equally often, times its repeat factor.
 * @returns Indices of pictures.
 */
export function epochOf(
  pictures: readonly EpochPicture[],
  { window, repeatThreshold }: EpochOptions,
): Uint32Array {
  const repeats = repeatFactors(pictures, repeatThreshold);
  // What rounding adds to one picture it takes from the next.
  let rest = 0;
  return Uint32Array.from(
    pictures.flatMap(({ size: { width, height } }, index) => {
      const windows = window === null ? 1 : Math.max(1, Math.round((width * height) / window ** 2));
      const wanted = windows * repeats[index] + rest;
      const times = Math.max(1, Math.round(wanted));
      rest = wanted - times;
      return new Array<number>(times).fill(index);
    }),
  );
}

/**
 * How often each picture is shown: max(1, √(t/f)) for the rarest of its categories, where f is the fraction of pictures
 * that contain the category (Gupta et al. 2019, "LVIS", section 4; Detectron2's `RepeatFactorTrainingSampler`).
 */
function repeatFactors(pictures: readonly EpochPicture[], threshold: number | null): number[] {
  if (threshold === null) return pictures.map(() => 1);
  const counts = new Map<number, number>();
  const categories = pictures.map(({ labels }) => [...new Set(labels)]);
  for (const label of categories.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const factorOf = (label: number) => Math.sqrt((threshold * pictures.length) / counts.get(label)!);
  return categories.map((labels) => Math.max(1, largest(labels.map(factorOf))));
}

/**
 * A shuffled order: every epoch visits all pictures once, in an order of its own.
 * @param count Length of an epoch, at least 1.
 * @returns Maps a position in the endless series to a position within its epoch.
 */
export function shuffledOrder(count: number, seed: number): (position: number) => number {
  let known: { epoch: number; order: Uint32Array } | null = null;
  return (position) => {
    const epoch = Math.floor(position / count);
    if (known?.epoch !== epoch) known = { epoch, order: permutation(count, seedAt(seed, epoch)) };
    return known.order[position % count];
  };
}

function permutation(count: number, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = random.integer(i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}
