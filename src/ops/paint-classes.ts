import { ignoredClass } from '../core/ignored-class.ts';
import type { GroundTruth } from './ground-truth.ts';
import { splitIntoColumns } from './mask-columns.ts';
import { rleArea } from './rle/measure.ts';

/**
 * The true class of every pixel of a picture. Where objects overlap, the smaller one is on top, among equals
 * the later: annotated outlines seldom exclude what is worn or held in front of them, and the annotation
 * order does not reflect depth. (torchvision's reference script ignores pixels under several objects, and so
 * all of a tie on a shirt.) Regions labelled {@link ignoredClass}, such as crowds, lie below all objects.
 * @param truth Labels 1…254 or {@link ignoredClass}; masks of the picture's size.
 * @returns `[height, width]`, row-major. Elsewhere 0, the background, or {@link ignoredClass} if some classes are unknown
 * in the picture.
 */
export function paintClasses(
  { masks, labels, unknown }: Pick<GroundTruth, 'masks' | 'labels' | 'unknown'>,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const classes = new Uint8Array(width * height).fill(unknown === undefined ? 0 : ignoredClass);
  const depths = masks.map((mask, i) => (labels[i] === ignoredClass ? Infinity : rleArea(mask)));
  const fromBelow = [...masks.keys()].sort((a, b) =>
    depths[a] === depths[b] ? a - b : depths[b] - depths[a],
  );
  for (const i of fromBelow) {
    const { starts, tops, bottoms } = splitIntoColumns(masks[i]);
    for (let x = 0; x < width; x++) {
      for (let run = starts[x]; run < starts[x + 1]; run++) {
        for (let y = tops[run]; y < bottoms[run]; y++) classes[y * width + x] = labels[i];
      }
    }
  }
  return classes;
}
