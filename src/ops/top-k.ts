/** Indices by descending score; ties in index order. */
export function sortByScore(scores: Float32Array): Uint32Array {
  return rank(Uint32Array.from(scores.keys()), scores);
}

/**
 * Indices of the `k` highest scores, best first; ties in index order. A histogram over the upper half of the
 * numbers' bits selects the scores that can be among them; only those are sorted.
 */
export function topK(scores: Float32Array, k: number): Uint32Array {
  if (scores.length <= k) return sortByScore(scores);
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const counts = new Uint32Array(1 << 16);
  for (let i = 0; i < bits.length; i++) counts[bucketOf(bits[i])]++;
  let lowest = counts.length - 1;
  for (let above = counts[lowest]; above < k; above += counts[lowest]) lowest--;

  const candidates: number[] = [];
  for (let i = 0; i < bits.length; i++) if (bucketOf(bits[i]) >= lowest) candidates.push(i);
  return rank(Uint32Array.from(candidates), scores).subarray(0, k);
}

/** Monotonic in the float: negative numbers have their other bits inverted, then the sign is flipped. */
function bucketOf(bits: number): number {
  return ((bits ^ ((bits >> 31) & 0x7fffffff)) >> 16) + (1 << 15);
}

function rank(indices: Uint32Array, scores: Float32Array): Uint32Array {
  return indices.sort((a, b) => scores[b] - scores[a] || a - b);
}
