import fc from 'fast-check';

/**
 * Checks a property on generated cases, the same in every run unless the environment's `SEED` is another number.
 * @throws Error with the smallest counterexample found and its seed.
 */
export function holds<Case>(property: fc.IProperty<Case>, runs = 100): void {
  fc.assert(property, { seed: Number(process.env.SEED ?? 1), numRuns: runs });
}

/** Boxes `[N, 4]` with an area: corners on quarters of a pixel, which 32 bits represent exactly. */
export function boxes(count: { min: number; max: number }, extent = 64): fc.Arbitrary<Float32Array> {
  const quarters = (max: number, min = 0) => fc.integer({ min, max: 4 * max }).map((value) => value / 4);
  const box = fc
    .tuple(quarters(extent), quarters(extent), quarters(extent / 2, 1), quarters(extent / 2, 1))
    .map(([x, y, width, height]) => [x, y, x + width, y + height]);
  return fc
    .array(box, { minLength: count.min, maxLength: count.max })
    .map((rows) => Float32Array.from(rows.flat()));
}
