import { UsageError } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { drawSample, type Interval, percentileInterval } from './bootstrap.ts';
import { defaultSamples, type ErrorAnalyser } from './error-analyser.ts';
import type { EvalCategory } from './objects.ts';
import { WeightedAp, type WeightedPrecisions } from './weighted-ap.ts';

/** One figure of two models A and B on the same pictures, in 0…1. */
export interface ComparedFigure {
  readonly a: number;
  readonly b: number;
  /** B − A with its 95 % interval. */
  readonly difference: Interval;
  /** Fraction of the bootstrap samples in which B is better. */
  readonly better: number;
}

/** How many objects each of the two finds, at its own score threshold. */
export interface FoundCounts {
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
}

/** The figures of one category; null where it has no objects. */
export interface ComparedCategory extends EvalCategory {
  readonly AP: ComparedFigure | null;
  readonly found: FoundCounts;
}

/** A picture in which one model finds what the other does not. */
export interface ComparedPicture extends FoundCounts {
  readonly imageId: number;
}

/** Two models on the same data set. Intervals are of the paired bootstrap over pictures. */
export interface Comparison {
  /** Number of bootstrap samples. */
  readonly samples: number;
  /** Null if there is no object. */
  readonly AP: ComparedFigure | null;
  /** Null if there is no object, or IoU 0.5 is not among the thresholds. */
  readonly AP50: ComparedFigure | null;
  readonly found: FoundCounts;
  readonly perCategory: readonly ComparedCategory[];
  /** Those in which the models differ in the most objects, most first. */
  readonly pictures: readonly ComparedPicture[];
}

/** Number of pictures in `Comparison.pictures`. */
const picturesShown = 6;

/**
 * Compares two analyses of the same data set. Both models are measured on the same bootstrap samples of the pictures, so
 * that pictures that are hard for both do not widen the interval of the difference (Efron and Tibshirani 1993).
 * @throws UsageError if they were not fed the same pictures.
 */
export function compareAnalyses(a: ErrorAnalyser, b: ErrorAnalyser, samples = defaultSamples): Comparison {
  const first = new WeightedAp(a.matches);
  const second = new WeightedAp(b.matches);
  const { imageIds } = first;
  if (imageIds.length !== second.imageIds.length || imageIds.some((id, i) => id !== second.imageIds[i])) {
    throw new UsageError('two analyses can be compared only if they have the same pictures');
  }
  const weights = new Uint32Array(imageIds.length).fill(1);
  const measure = () => [first.measure(weights), second.measure(weights)] as const;
  const measured = measure();
  const random = seededRandom(0);
  const sampled = Array.from({ length: samples }, () => {
    drawSample(random, weights);
    return measure();
  });
  const figure = (read: (precisions: WeightedPrecisions) => number): ComparedFigure | null => {
    const [valueA, valueB] = measured.map(read);
    if (Number.isNaN(valueA)) return null;
    const differences = sampled.map(([one, other]) => read(other) - read(one));
    const difference = percentileInterval(valueB - valueA, differences);
    const better = differences.filter((value) => value > 0).length / samples;
    return { a: valueA, b: valueB, difference, better };
  };
  const pictures = imageIds.map((imageId) => ({ imageId, ...countFound(pairedObjects(a, b, [imageId])) }));
  const objects = pairedObjects(a, b, imageIds);
  return {
    samples,
    AP: figure(({ ap }) => ap),
    AP50: figure(({ ap50 }) => ap50),
    found: countFound(objects),
    perCategory: a.matches.categories.map(({ id, name }, k) => ({
      ...{ id, name, AP: figure(({ perCategory }) => perCategory[k]) },
      found: countFound(objects.filter(({ categoryId }) => categoryId === id)),
    })),
    pictures: pictures
      .filter(({ onlyA, onlyB }) => onlyA + onlyB > 0)
      .sort((one, other) => other.onlyA + other.onlyB - one.onlyA - one.onlyB)
      .slice(0, picturesShown),
  };
}

interface PairedObject {
  readonly categoryId: number;
  readonly byA: boolean;
  readonly byB: boolean;
}

function pairedObjects(a: ErrorAnalyser, b: ErrorAnalyser, imageIds: readonly number[]): PairedObject[] {
  return imageIds.flatMap((id) => {
    const byB = b.found.get(id)!;
    return a.found
      .get(id)!
      .map(({ categoryId, isFound }, o) => ({ categoryId, byA: isFound, byB: byB[o].isFound }));
  });
}

function countFound(objects: readonly PairedObject[]): FoundCounts {
  const count = (byA: boolean, byB: boolean) =>
    objects.filter((object) => object.byA === byA && object.byB === byB).length;
  return {
    both: count(true, true),
    onlyA: count(true, false),
    onlyB: count(false, true),
    neither: count(false, false),
  };
}
