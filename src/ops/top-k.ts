/** Indices by descending score; ties in index order. */
export function sortByScore(scores: Float32Array): Uint32Array {
  return rank(Uint32Array.from(scores.keys()), bitsOf(scores));
}

/**
 * Indices of the `k` highest scores, best first; ties in index order. A histogram over the upper half of the
 * numbers' bits selects the scores that can be among them; only those are sorted.
 */
export function topK(scores: Float32Array, k: number): Uint32Array {
  if (scores.length <= k) return sortByScore(scores);
  const bits = bitsOf(scores);
  const counts = new Uint32Array(1 << 16);
  for (let i = 0; i < bits.length; i++) counts[bucketOf(bits[i])]++;
  let lowest = counts.length - 1;
  for (let above = counts[lowest]; above < k; above += counts[lowest]) lowest--;

  const candidates: number[] = [];
  for (let i = 0; i < bits.length; i++) if (bucketOf(bits[i]) >= lowest) candidates.push(i);
  return rank(Uint32Array.from(candidates), bits).subarray(0, k);
}

function bitsOf(scores: Float32Array): Int32Array {
  return new Int32Array(scores.buffer, scores.byteOffset, scores.length);
}

function bucketOf(bits: number): number {
  return (ascending(bits) >> 16) + (1 << 15);
}

/** An integer that is monotonic in the float with these bits: below the sign is the magnitude. */
function ascending(bits: number): number {
  return bits < 0 ? 0 - (bits & 0x7fffffff) : bits;
}

/** Sorts 64-bit numbers, the score above the index, which takes no function that compares. */
function rank(indices: Uint32Array, bits: Int32Array): Uint32Array {
  const keys = new BigUint64Array(indices.length);
  const halves = new Uint32Array(keys.buffer);
  indices.forEach((index, i) => {
    halves[2 * i] = index;
    halves[2 * i + 1] = 0x7fffffff - ascending(bits[index]);
  });
  keys.sort();
  return indices.map((_, i) => halves[2 * i]);
}
