import { roundHalfAway } from './rounding.ts';

/**
 * How RoIPool splits an RoI into bins: some larger than others; with the remainder left out; or, as
 * implementations do, bins that may share a pixel with their neighbours.
 */
export type BinForm = 'unequal' | 'dropping' | 'overlapping';

/** RoIPool along one axis, in whole feature pixels. */
export interface QuantisedBins {
  /** The RoI after the first quantisation; `end` is exclusive and at least `start + 1`. */
  readonly start: number;
  readonly end: number;
  /**
   * `[resolution]` after the second quantisation: the first pixel of each bin, and the one after its last.
   */
  readonly bins: [from: number, to: number][];
  /** Pixels of the RoI that lie in no bin. */
  readonly dropped: number;
}

/** The first quantisation: the first pixel of an RoI, and the one after the last. */
const wholePixels: Record<BinForm, (from: number, to: number) => [start: number, end: number]> = {
  unequal: (from, to) => [Math.floor(from), Math.floor(to)],
  dropping: (from, to) => [Math.floor(from), Math.floor(to)],
  overlapping: (from, to) => [roundHalfAway(from), roundHalfAway(to) + 1],
};

/**
 * The second quantisation: bin `i` of `resolution`, relative to the RoI's first pixel. `overlapping` is
 * computed in float32, as in implementations.
 */
const binOf: Record<BinForm, (i: number, pixels: number, resolution: number) => [number, number]> = {
  unequal: (i, pixels, resolution) => {
    const first = Math.floor((i * pixels) / resolution);
    return [first, Math.max(Math.floor(((i + 1) * pixels) / resolution), first + 1)];
  },
  dropping: (i, pixels, resolution) => {
    const size = Math.floor(pixels / resolution);
    return [i * size, (i + 1) * size];
  },
  overlapping: (i, pixels, resolution) => {
    const size = Math.fround(pixels / resolution);
    return [Math.floor(Math.fround(i * size)), Math.ceil(Math.fround((i + 1) * size))];
  },
};

/**
 * RoIPool's two quantisations (Girshick 2015; He et al. 2017, section 3). In the textbook forms both ends of
 * the RoI are rounded down to feature pixels. Then, in the form `unequal`, bin i ends where the next begins,
 * at ⌊i·n / resolution⌋, and an RoI with fewer pixels than bins uses pixels twice; in the form `dropping`
 * every bin has ⌊n / resolution⌋ pixels and the remainder is lost, all of it if n < resolution. In the form
 * `overlapping`, torchvision's `roi_pool`, the ends are rounded to the nearest pixels, both inclusive, and
 * bin i is ⌊i·n / resolution⌋ … ⌈(i + 1)·n / resolution⌉.
 * @param from,to The RoI's ends in feature pixels, `from ≤ to`, not rounded.
 */
export function quantisedBins(from: number, to: number, resolution: number, form: BinForm): QuantisedBins {
  const [start, last] = wholePixels[form](from, to);
  const end = Math.max(last, start + 1);
  const pixels = end - start;
  const bins = Array.from({ length: resolution }, (_, i): [number, number] => {
    const [first, after] = binOf[form](i, pixels, resolution);
    return [start + first, start + after];
  });
  const used = form === 'dropping' ? Math.floor(pixels / resolution) * resolution : pixels;
  return { start, end, bins, dropped: pixels - used };
}
