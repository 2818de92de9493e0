/** RoIPool's two ways to split n pixels into bins: some bins larger than others, or the remainder left out. */
export type BinForm = 'unequal' | 'dropping';

/** RoIPool along one axis, in whole feature pixels. */
export interface QuantisedBins {
  /** The RoI after the first quantisation; `end` is exclusive and at least `start + 1`. */
  readonly start: number;
  readonly end: number;
  /** `[resolution]` after the second: first pixel and the one after the last. */
  readonly bins: [from: number, to: number][];
  /** Pixels of the RoI that lie in no bin. */
  readonly dropped: number;
}

/**
 * RoIPool's two quantisations (Girshick 2015; He et al. 2017, section 3): both ends of the RoI are rounded down
 * to feature pixels, then the pixels are divided into whole bins. In the form `unequal` bin i ends where the
 * next begins, at ⌊i·n / resolution⌋, and an RoI with fewer pixels than bins uses pixels twice; in the form
 * `dropping` every bin has ⌊n / resolution⌋ pixels and the rest is lost, all of it where n < resolution.
 * @param from,to The RoI's ends in feature pixels, `from ≤ to`, not rounded.
 */
export function quantisedBins(from: number, to: number, resolution: number, form: BinForm): QuantisedBins {
  const start = Math.floor(from);
  const end = Math.max(Math.floor(to), start + 1);
  const pixels = end - start;
  const bins = Array.from({ length: resolution }, (_, i): [number, number] => {
    if (form === 'dropping') {
      const size = Math.floor(pixels / resolution);
      return [start + i * size, start + (i + 1) * size];
    }
    const first = start + Math.floor((i * pixels) / resolution);
    return [first, Math.max(start + Math.floor(((i + 1) * pixels) / resolution), first + 1)];
  });
  const used = form === 'dropping' ? Math.floor(pixels / resolution) * resolution : pixels;
  return { start, end, bins, dropped: pixels - used };
}
