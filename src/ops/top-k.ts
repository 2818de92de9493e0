/** The indices of scores from the highest to the lowest; equal scores in the order of their indices. */
export function sortByScore(scores: Float32Array): Uint32Array {
  return rank(Uint32Array.from(scores.keys()), scores);
}

/** The indices of the `k` highest scores, best first; equal scores in the order of their indices. */
export function topK(scores: Float32Array, k: number): Uint32Array {
  if (scores.length <= k) return sortByScore(scores);
  // Sorting bare numbers is native and quick; only the few indices that pass need a comparison function.
  const threshold = scores.toSorted()[scores.length - k];
  const above: number[] = [];
  const equal: number[] = [];
  scores.forEach((score, i) => {
    if (score > threshold) above.push(i);
    else if (score === threshold) equal.push(i);
  });
  return rank(Uint32Array.from([...above, ...equal.slice(0, k - above.length)]), scores);
}

function rank(indices: Uint32Array, scores: Float32Array): Uint32Array {
  return indices.sort((a, b) => scores[b] - scores[a] || a - b);
}
