import { MaskRcnnError, messageOf } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { boundsOfPoints } from '../../ops/boxes.ts';
import { rleArea, rleBox } from '../../ops/rle/measure.ts';
import { signedArea } from '../../ops/rle/regions.ts';
import { type Problem, type ProblemCode, problem } from '../coco/problems.ts';
import { isPolygons, isRing, maskOf, maskProblem } from '../coco/truth.ts';
import type {
  CocoAnnotation,
  CocoBox,
  CocoCategory,
  CocoImage,
  CocoPolygons,
  CocoRle,
} from '../coco/types.ts';

/** Pixels by which imprecise outlines may overshoot the edge of the image or miss the edge of a mask. */
const positionTolerance = 2;
/** Fraction of the area by which an object's outline and pixels may differ. */
const areaTolerance = 0.05;

/** Measurements of a mask, in pixels. */
interface Geometry {
  /** Left, top, right, bottom; right and bottom exclusive. */
  readonly extent: readonly [number, number, number, number];
  readonly area: number;
}

/**
 * Checks one annotation: mask, box, area, keypoints, and whether they agree. Rings are measured as outlines,
 * and rasterised only if the outline's area disagrees with `area`.
 */
export function checkAnnotation(
  annotation: CocoAnnotation,
  image: CocoImage,
  category: CocoCategory | undefined,
): Problem[] {
  const checks = new AnnotationChecks(annotation, image);
  checks.checkMaskAndBox();
  if (annotation.keypoints !== undefined) checks.checkKeypoints(annotation.keypoints, category);
  return checks.found;
}

class AnnotationChecks {
  readonly found: Problem[] = [];
  readonly #annotation: CocoAnnotation;
  readonly #image: CocoImage;

  constructor(annotation: CocoAnnotation, image: CocoImage) {
    this.#annotation = annotation;
    this.#image = image;
  }

  checkMaskAndBox(): void {
    const { bbox, segmentation } = this.#annotation;
    const geometry =
      segmentation === undefined
        ? undefined
        : isPolygons(segmentation)
          ? this.#outline(segmentation)
          : this.#runs(segmentation);
    const boxIsGood = bbox !== undefined && hasSize(bbox);
    if (bbox !== undefined && !boxIsGood) {
      const code = geometry === undefined ? 'no-box-no-mask' : 'bad-box';
      this.#report(code, `bbox: expected width and height > 0, got [${bbox.join(', ')}]`);
    } else if (bbox === undefined && geometry === undefined && segmentation === undefined) {
      this.#report('no-box-no-mask', 'expected a bbox or a segmentation, got neither');
    }
    if (geometry !== undefined) {
      this.#checkInside(geometry.extent, 'segmentation');
      if (boxIsGood) this.#compareBox(bbox, geometry);
      this.#compareArea(geometry);
    } else if (boxIsGood) this.#checkInside([bbox[0], bbox[1], bbox[0] + bbox[2], bbox[1] + bbox[3]], 'bbox');
  }

  checkKeypoints(keypoints: ArrayLike<number>, category: CocoCategory | undefined): void {
    const joints = category?.keypoints?.length ?? Math.ceil(keypoints.length / 3);
    if (keypoints.length !== 3 * joints) {
      const expected = `x, y and visibility of ${plural(joints, 'keypoint')} (${3 * joints} numbers)`;
      this.#report('keypoints', `keypoints: expected ${expected}, got ${plural(keypoints.length, 'number')}`);
      return;
    }
    let labelled = 0;
    for (let joint = 0; joint < joints; joint++) {
      const visibility = keypoints[3 * joint + 2];
      if (visibility !== 0 && visibility !== 1 && visibility !== 2) {
        this.#report(
          'keypoints',
          `keypoints: expected visibility 0, 1 or 2 of keypoint ${joint}, got ${visibility}`,
        );
        return;
      }
      if (visibility > 0) labelled++;
    }
    const { num_keypoints } = this.#annotation;
    if (num_keypoints !== undefined && num_keypoints !== labelled) {
      this.#report(
        'keypoint-count',
        `num_keypoints: expected ${labelled}, the keypoints with visibility > 0, got ${num_keypoints}`,
      );
    }
  }

  #outline(rings: CocoPolygons): Geometry | undefined {
    const problem = maskProblem(rings);
    if (problem !== undefined) {
      const hasBox = this.#annotation.bbox !== undefined;
      this.#report(hasBox ? 'unusable-mask' : 'no-box-no-mask', `segmentation: ${problem}`);
      return undefined;
    }
    let area = 0;
    rings.forEach((ring, index) => {
      if (isRing(ring)) {
        area += Math.abs(signedArea(ring));
      } else {
        this.#report(
          'bad-ring',
          `segmentation[${index}]: expected x, y of at least 3 points (6, 8, … numbers), got ${plural(ring.length, 'number')}; it is left out`,
        );
      }
    });
    const extent = boundsOfPoints(rings.filter(isRing));
    if (!extent.every(Number.isFinite)) {
      this.#report(
        'malformed',
        'segmentation: expected finite coordinates, got one beyond the range of numbers',
      );
      return undefined;
    }
    // A self-intersecting outline may enclose area 0 and cover pixels; a small one may enclose some and cover
    // none.
    if (area < 4 && rleArea(maskOf(this.#annotation, this.#image)) === 0) {
      this.#report('empty-mask', 'segmentation: expected an area > 0, got an outline that covers no pixels');
    }
    return { extent, area };
  }

  #runs({ size }: CocoRle): Geometry | undefined {
    const { width, height } = this.#image;
    if (size[0] !== height || size[1] !== width) {
      this.#report(
        'rle-size',
        `segmentation: expected size [${height}, ${width}] (height and width of the image), got [${size.join(', ')}]`,
      );
      return undefined;
    }
    try {
      const mask = maskOf(this.#annotation, this.#image);
      const [x, y, maskWidth, maskHeight] = rleBox(mask);
      const area = rleArea(mask);
      if (area === 0) {
        this.#report('empty-mask', 'segmentation: expected an area > 0, got no foreground');
        return undefined;
      }
      return { extent: [x, y, x + maskWidth, y + maskHeight], area };
    } catch (error) {
      if (!(error instanceof MaskRcnnError)) throw error;
      this.#report('rle-counts', messageOf(error).replace(/^annotation \d+: /, ''));
      return undefined;
    }
  }

  #checkInside([left, top, right, bottom]: Geometry['extent'], field: string): void {
    const { width, height } = this.#image;
    const t = positionTolerance;
    if (left >= -t && top >= -t && right <= width + t && bottom <= height + t) return;
    const whole = right <= 0 || bottom <= 0 || left >= width || top >= height;
    this.#report(
      'outside-image',
      `${field}: expected inside ${width}×${height}, got x ${short(left)} to ${short(right)}, y ${short(top)} to ${short(bottom)}` +
        (whole ? ', wholly outside' : ''),
    );
  }

  #compareBox(box: CocoBox, { extent: [left, top, right, bottom] }: Geometry): void {
    const sides = [left, top, right, bottom];
    const boxSides = [box[0], box[1], box[0] + box[2], box[1] + box[3]];
    if (sides.every((side, i) => Math.abs(side - boxSides[i]) <= positionTolerance)) return;
    const expected = [left, top, right - left, bottom - top].map(short).join(', ');
    this.#report(
      'box-mask-differ',
      `bbox: expected about [${expected}] around the mask, got [${box.map(short).join(', ')}]`,
    );
  }

  #compareArea(geometry: Geometry): void {
    const { area, segmentation } = this.#annotation;
    if (area === undefined || agree(area, geometry.area)) return;
    let expected = geometry.area;
    if (segmentation !== undefined && isPolygons(segmentation)) {
      // Rings that overlap or intersect themselves cover fewer pixels than their outlines enclose.
      expected = rleArea(maskOf(this.#annotation, this.#image));
      if (agree(area, expected)) return;
    }
    this.#report(
      'area-mask-differ',
      `area: expected about ${short(expected)}, the pixels of the mask, got ${short(area)}`,
    );
  }

  #report(code: ProblemCode, message: string): void {
    const { id, image_id } = this.#annotation;
    const { file_name } = this.#image;
    const place = {
      annotationId: id,
      imageId: image_id,
      ...(file_name === undefined ? {} : { file: file_name }),
    };
    this.found.push(problem(code, place, message));
  }
}

function hasSize(box: CocoBox): boolean {
  return box.every(Number.isFinite) && box[2] > 0 && box[3] > 0;
}

function agree(area: number, expected: number): boolean {
  return Math.abs(area - expected) <= areaTolerance * Math.max(area, expected) + positionTolerance;
}

/** With up to two decimals. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
