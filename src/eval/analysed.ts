import type { CocoEvaluation } from './accumulate.ts';
import type { Comparison } from './comparison.ts';
import type { ErrorAnalysis } from './error-analysis.ts';
import type { MarkedPicture } from './marked-picture.ts';

/** The analysis of one model: figures, and the pictures to look at. */
export interface AnalysedModel {
  readonly analysis: ErrorAnalysis;
  /** COCO's curves, from which its metrics were computed. */
  readonly evaluation: CocoEvaluation;
  /** The pictures of `analysis.worst`, followed by those of the comparison, with the masks of objects and detections. */
  readonly pictures: readonly MarkedPicture[];
}

/** The analysis of one model, or of two beside each other. */
export interface AnalysedErrors extends AnalysedModel {
  /** Null without `compare`. */
  readonly compared: (AnalysedModel & { readonly comparison: Comparison }) | null;
}
