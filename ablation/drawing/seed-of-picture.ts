/**
 * The seed of one picture of a set: a hash that separates neighbouring pictures and seeds (the finisher of MurmurHash3
 * by Austin Appleby).
 */
export function seedOfPicture(seed: number, index: number): number {
  let mixed = Math.imul(seed, 0x9e3779b1) ^ (index + 1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
