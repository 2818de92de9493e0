import type { Operators } from './operators.ts';

/**
 * The product of whole numbers, or halves, below 2¹⁶ with a float32 factor, as a whole number and a rest from −2⁻²⁴ of it
 * to 1. A float32 product alone would be rounded: 427 · (800 / 427) would reach 800, which the exact product does not.
 * ONNX Runtime has float64, but OpenVINO computes it as float32. Both factors are split, so that the partial products
 * are exact (Dekker 1971).
 */
export function splitProduct(o: Operators, numbers: string, factor: string): { whole: string; rest: string } {
  const whole = o.apply('Floor', o.mul(numbers, factor));
  const scaled = o.mul(factor, 2 ** 12 + 1);
  const factorHigh = o.sub(scaled, o.sub(scaled, factor));
  const factorLow = o.sub(factor, factorHigh);
  const high = o.mul(o.apply('Floor', o.mul(numbers, 2 ** -8)), 2 ** 8);
  const low = o.sub(numbers, high);
  // The order keeps every sum exact.
  const rest = [o.mul(low, factorHigh), o.mul(high, factorLow), o.mul(low, factorLow)].reduce(
    (sum, product) => o.add(sum, product),
    o.sub(o.mul(high, factorHigh), whole),
  );
  return { whole, rest };
}

/** The product, rounded down; float32. */
export function flooredProduct(o: Operators, numbers: string, factor: string): string {
  const { whole, rest } = splitProduct(o, numbers, factor);
  return o.sub(whole, o.cast(o.less(rest, 0), 'float32'));
}
