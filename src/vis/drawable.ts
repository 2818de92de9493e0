import { UsageError } from '../core/errors.ts';
import type { Picture } from '../image/picture.ts';
import type { Rle } from '../ops/rle/rle.ts';

/** A detected or annotated object, as it can be drawn. */
export interface Drawable {
  /** x1, y1, x2, y2 in pixels of the picture. */
  readonly box: readonly [number, number, number, number];
  /** 0…1; absent for annotations, which are labelled with the name only. */
  readonly score?: number | undefined;
  readonly category: { readonly name: string };
  /** The object's mask over the whole picture: an RLE, or an object that has one. */
  readonly mask?: Rle | { readonly rle: Rle } | null | undefined;
  readonly keypoints?: DrawablePose | null | undefined;
}

/** Keypoints in pixels of the picture, and bones as pairs of indices into `points`. */
export interface DrawablePose {
  /** `score` is a logit; absent for annotations. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly score?: number | undefined }[];
  readonly skeleton: readonly (readonly [number, number])[];
}

/** The RLE of an instance's mask, if it has one. */
export function rleOf({ mask }: Drawable): Rle | undefined {
  if (!mask) return undefined;
  return 'rle' in mask ? mask.rle : mask;
}

/** @throws UsageError that names the first instance whose box or mask does not belong to the picture. */
export function checkDrawables(picture: Picture, instances: readonly Drawable[]): void {
  instances.forEach((instance, index) => {
    if (!instance.box.every(Number.isFinite)) {
      throw new UsageError(`instance ${index}: the box [${instance.box.join(', ')}] is not finite`);
    }
    const size = rleOf(instance)?.size;
    if (size && (size[0] !== picture.height || size[1] !== picture.width)) {
      throw new UsageError(
        `instance ${index}: the mask is ${size[1]}×${size[0]}, the picture ${picture.width}×${picture.height}`,
      );
    }
  });
}
