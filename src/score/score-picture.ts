import { coverageOf } from '../data/coco/coverage.ts';
import type { Detection } from '../data/coco/results-table.ts';
import type { CocoAnnotation, CocoImage } from '../data/coco/types.ts';
import type { EvalDetection, EvalTruth } from '../eval/objects.ts';
import { type AreaRule, evalDetection } from './eval-detection.ts';
import { type Compared, evalTruth } from './eval-truth.ts';

/** Any evaluator that scores detections picture by picture. */
export interface PictureEvaluator {
  add(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void;
}

/** Whether a detection's mask is needed, by its category and whether it has a box. */
export type WantsMask = (categoryId: number, hasBox: boolean) => boolean;

/** A picture of a data set and its detections. */
export interface DetectedPicture {
  readonly image: CocoImage;
  readonly annotations: readonly CocoAnnotation[];
  /** The detections; masks that are not wanted may be left out. */
  detections(wantsMask: WantsMask): readonly Detection[];
}

export interface ScoringRules extends Compared {
  readonly areaRule: AreaRule;
  /** Detections are also compared with objects of other categories. Default: only with those of their own. */
  readonly acrossCategories?: boolean;
}

/**
 * Passes one picture to an evaluator. If the picture's annotations do not cover every category, its detections are
 * judged as in LVIS (Gupta et al. 2019, section 3.1): those of an unknown category are left out, and those of a
 * category that is not annotated exhaustively are excused.
 * @throws InputError naming the annotation or record if the data that `type` compares is absent or damaged.
 */
export function scorePicture(
  { image, annotations, detections }: DetectedPicture,
  rules: ScoringRules,
  evaluator: PictureEvaluator,
): void {
  const { type, areaRule, acrossCategories = false } = rules;
  const truths = annotations.map((annotation) => evalTruth(annotation, image, rules));
  const compared = new Set(type === 'segm' ? truths.map(({ categoryId }) => categoryId) : []);
  const isCompared = (categoryId: number) =>
    acrossCategories ? compared.size > 0 : compared.has(categoryId);
  // Most detections meet no object of their class; unless its area is needed, their mask stays compressed.
  const found = detections((categoryId, hasBox) => isCompared(categoryId) || areaRule === 'mask' || !hasBox);
  const reading = { image, areaRule, isCompared };
  const coverage = coverageOf(image, annotations);
  const judged = coverage ? found.filter(({ categoryId }) => coverage.isKnown(categoryId)) : found;
  const read = judged.map((detection) => evalDetection(detection, reading));
  evaluator.add(
    image.id,
    truths,
    // Copying every detection of an ordinary data set would take a tenth of the evaluation's time.
    coverage ? read.map((one) => ({ ...one, excused: !coverage.isExhaustive(one.categoryId) })) : read,
  );
}
