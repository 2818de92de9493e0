import { seededRandom } from '../../core/random.ts';
import type { Size } from '../../ops/boxes.ts';

/**
 * A seed for one purpose at one place of a run, so that nothing but the run's seed and the place need be known to
 * draw the same numbers again. Neighbouring places get unrelated seeds (the finaliser of MurmurHash3).
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
 * The pictures that an epoch shows: each once, or as often as windows of a side fit into it, so that all parts of
 * large and small pictures are seen equally often.
 * @param sizes Of the resized pictures.
 * @param window Side in pixels; null for whole pictures.
 * @returns Indices of pictures.
 */
export function epochOf(sizes: readonly Size[], window: number | null): Uint32Array {
  const times = ({ width, height }: Size) =>
    window === null ? 1 : Math.max(1, Math.round((width * height) / window ** 2));
  return Uint32Array.from(sizes.flatMap((size, index) => new Array<number>(times(size)).fill(index)));
}

/**
 * The order in which pictures are shown: every epoch goes through all of them once, each in an order of its own.
 * @param count Places of an epoch, 1 or more.
 * @returns The place within its epoch of a position in the endless series.
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
