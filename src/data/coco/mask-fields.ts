import { compressRle } from '../../ops/rle/compressed.ts';
import { rleArea, rleBox } from '../../ops/rle/measure.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import type { CocoAnnotation } from './types.ts';

/** The fields of an annotation that describe its mask, as compressed RLE; the box is the mask's. */
export function maskFields(mask: Rle): Pick<CocoAnnotation, 'segmentation' | 'bbox' | 'area'> {
  return {
    segmentation: { size: mask.size, counts: compressRle(mask) },
    bbox: rleBox(mask),
    area: rleArea(mask),
  };
}
