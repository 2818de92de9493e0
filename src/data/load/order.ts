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

/**
 * The pictures of an epoch: each once, or as often as windows of the given side fit into it, so that all
 * parts of large and small pictures are seen equally often.
 * @param sizes Sizes of the resized pictures.
 * @param window Side in pixels; null for whole pictures.
 * @returns Indices of pictures.
 */
export function epochOf(sizes: readonly Size[], window: number | null): Uint32Array {
  const times = ({ width, height }: Size) =>
    window === null ? 1 : Math.max(1, Math.round((width * height) / window ** 2));
  return Uint32Array.from(sizes.flatMap((size, index) => new Array<number>(times(size)).fill(index)));
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
