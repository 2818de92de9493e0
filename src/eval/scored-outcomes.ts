import type { CocoMatches } from './coco-matches.ts';
import { outcome } from './matching.ts';

/** The detections of one category that count, and the number of its objects. */
export interface ScoredOutcomes {
  readonly objects: number;
  /** Descending. */
  readonly scores: Float64Array;
  /** 1 for each detection that matched an object. */
  readonly correct: Uint8Array;
}

/** The outcomes of every category at one IoU threshold, over all areas. @param threshold Index into the thresholds. */
export function scoredOutcomes({ categories, tallies }: CocoMatches, threshold: number): ScoredOutcomes[] {
  return categories.map(({ id }) => {
    const tally = tallies.get(id)!;
    const counted = tally
      .order()
      .filter((d) => tally.outcomes[d * tally.cells + threshold] !== outcome.ignored);
    return {
      objects: tally.positives[0],
      scores: Float64Array.from(counted, (d) => tally.scores[d]),
      correct: Uint8Array.from(counted, (d) =>
        tally.outcomes[d * tally.cells + threshold] === outcome.truePositive ? 1 : 0,
      ),
    };
  });
}

/** The outcomes of all categories together. */
export function pooledOutcomes(perCategory: readonly ScoredOutcomes[]): ScoredOutcomes {
  const all = perCategory.flatMap(({ scores, correct }) =>
    Array.from(scores, (score, i) => ({ score, correct: correct[i] })),
  );
  all.sort((a, b) => b.score - a.score);
  return {
    objects: perCategory.reduce((sum, { objects }) => sum + objects, 0),
    scores: Float64Array.from(all, ({ score }) => score),
    correct: Uint8Array.from(all, ({ correct }) => correct),
  };
}
