import { accumulate, type CocoEvaluation, emptyEvaluation } from './accumulate.ts';
import { CocoMatches } from './coco-matches.ts';
import type { EvalCategory, EvalDetection, EvalTruth } from './objects.ts';
import type { EvalParams } from './params.ts';

/**
 * COCO's evaluation (pycocotools' `COCOeval`, metric for metric), fed picture by picture. It stores scores
 * and match flags but no masks, so its memory does not depend on the size or number of the masks.
 */
export class CocoEvaluator {
  readonly #matches: CocoMatches;

  /** @param categories Objects and detections of other categories are ignored. */
  constructor(params: EvalParams, categories: readonly EvalCategory[]) {
    this.#matches = new CocoMatches(params, categories);
  }

  /**
   * Adds one picture. Pictures may come in any order; the result is that of ascending ids.
   * @throws InputError if the picture was already added, or an object lacks the data that is compared.
   */
  add(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void {
    this.#matches.add(imageId, truths, detections);
  }

  /** Precision, recall and scores over all pictures so far. */
  result(): CocoEvaluation {
    const evaluation = emptyEvaluation(this.#matches.params, this.#matches.categories);
    this.addTo(evaluation);
    return evaluation;
  }

  /** Writes the result into that of an evaluation with more categories. */
  addTo(evaluation: CocoEvaluation): void {
    accumulate(evaluation, this.#matches.tallies);
  }
}
