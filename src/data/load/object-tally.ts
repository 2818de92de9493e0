import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { boundsOfPoints } from '../../ops/boxes.ts';
import { isPolygons, isRing, maskProblem } from '../coco/truth.ts';
import type { CocoAnnotation, CocoPolygons } from '../coco/types.ts';
import { minObjectSize } from '../sample/sample.ts';

/** Decides which objects of a data set can be used for training, and counts the others. */
export class ObjectTally {
  #objects = 0;
  #masks = 0;
  #boxes = 0;
  #left = 0;
  /** The first segmentation without a ring. */
  #problem: string | undefined;

  /**
   * The annotation as training uses it: without a segmentation that has no ring. Undefined if nothing of it remains in the
   * picture: it is narrower or lower than a pixel, or outside.
   */
  usable(
    annotation: CocoAnnotation,
    picture: { readonly width: number; readonly height: number },
  ): CocoAnnotation | undefined {
    this.#objects++;
    const { id, segmentation, bbox } = annotation;
    const problem = segmentation && maskProblem(segmentation);
    if (problem !== undefined) this.#problem ??= `annotation ${id}: segmentation: ${problem}`;
    const hasMask = segmentation !== undefined && problem === undefined;
    const extent = bbox ?? (hasMask && isPolygons(segmentation) ? extentOf(segmentation) : undefined);
    const isLost = problem !== undefined && bbox === undefined;
    if (isLost || (extent && !isInside(extent, picture))) {
      this.#left++;
      return undefined;
    }
    if (hasMask) this.#masks++;
    else this.#boxes++;
    if (problem === undefined) return annotation;
    const { segmentation: _, ...rest } = annotation;
    return rest;
  }

  /**
   * What a user should know: one line each.
   * @param learnsMasks Whether the model has a mask branch.
   * @throws InputError if masks are to be learned, but the program that wrote the file gave them another form.
   */
  notes(source: string, learnsMasks: boolean): string[] {
    const all = plural(this.#objects, 'object');
    if (learnsMasks && this.#masks === 0 && this.#problem !== undefined) {
      throw new InputError(source, `${this.#problem}; none of its ${all} has a usable mask`);
    }
    const notes: string[] = [];
    if (this.#left > 0) {
      notes.push(
        `left out ${this.#left} of ${all}: narrower than a pixel, outside their picture, or without a shape`,
      );
    }
    if (!learnsMasks || this.#boxes === 0) return notes;
    const reason = this.#problem === undefined ? '' : ` (${this.#problem})`;
    const effect = this.hasBoth
      ? 'the mask branch does not learn from them'
      : 'the model learns the box as the mask';
    notes.push(`${this.#boxes} of ${all} have a box but no usable mask${reason}; ${effect}`);
    return notes;
  }

  /** Whether some objects have a usable mask and others only a box. */
  get hasBoth(): boolean {
    return this.#masks > 0 && this.#boxes > 0;
  }

  /** Whether there were objects, of which none can be used. */
  get isUseless(): boolean {
    return this.#left > 0 && this.#left === this.#objects;
  }
}

/** x, y, width, height of the box around rings. */
function extentOf(rings: CocoPolygons): readonly [number, number, number, number] {
  const [left, top, right, bottom] = boundsOfPoints(rings.filter(isRing));
  return [left, top, right - left, bottom - top];
}

function isInside(
  [x, y, width, height]: readonly [number, number, number, number],
  picture: { readonly width: number; readonly height: number },
): boolean {
  const across = Math.min(x + width, picture.width) - Math.max(x, 0);
  const down = Math.min(y + height, picture.height) - Math.max(y, 0);
  return across >= minObjectSize && down >= minObjectSize;
}
