import { expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

it('gives the check value of the standard, and remainders of every length', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
  // zlib.crc32(bytes(range(n))) for n = 1, 7, 8, 15, 16, 17, 256 by CPython.
  const lengths = [1, 7, 8, 15, 16, 17, 256];
  const sums = lengths.map((length) => crc32(Uint8Array.from({ length }, (_, i) => i)));
  expect(sums).toEqual([3523407757, 2908228089, 2292869279, 2691458910, 3469664904, 739785241, 688229491]);
});
