const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/**
 * The IEEE 754 binary16 bits of a number, rounded to nearest, ties to even; ±∞ beyond ±65504 (after rounding).
 */
export function float16Bits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  // The exponent bias is 127 in float32 and 15 in float16.
  const rebased = exponent - 112;
  if (rebased >= 31) return sign | 0x7c00;
  if (rebased < -10) return sign;
  if (rebased <= 0) return sign | shiftRightRounding(fraction | 0x800000, 14 - rebased);
  // A carry out of the fraction correctly increments the exponent, up to ∞.
  return sign | ((rebased << 10) + shiftRightRounding(fraction, 13));
}

/** The value of binary16 bits. */
export function float16Value(bits: number): number {
  return table()[bits & 0xffff]!;
}

/** The values of many binary16 bits. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const values = table();
  const decoded = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) decoded[i] = values[bits[i]!]!;
  return decoded;
}

let decodeTable: Float32Array | undefined;

/** All 65,536 values, computed at first use: a lookup is several times faster than arithmetic. */
function table(): Float32Array {
  decodeTable ??= Float32Array.from({ length: 0x10000 }, (_, every) => decode(every));
  return decodeTable;
}

function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function shiftRightRounding(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
