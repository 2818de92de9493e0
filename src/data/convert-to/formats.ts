import { checkOptions } from '../../core/options.ts';
import { toleranceOf } from '../../ops/rle/tolerance.ts';
import { formatNamed } from '../format-named.ts';
import type { AnnotationWriter } from './annotation-writer.ts';
import { cvat } from './cvat.ts';
import { labelStudio } from './label-studio.ts';
import { labelme } from './labelme.ts';
import { via } from './via.ts';
import { voc } from './voc.ts';
import { yolo } from './yolo.ts';

/** Every format that `mask-rcnn convert` writes besides COCO. */
export const annotationWriters: readonly AnnotationWriter[] = [
  labelme,
  yolo,
  cvat,
  via,
  voc,
  labelStudio,
].map(refusingUnknown);

/**
 * Finds the writer of a format.
 * @throws UsageError listing the formats.
 * @example
 * ```ts
 * import { annotationWriterOf, readCocoDataset } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * const leftOut = await annotationWriterOf('labelme').write(dataset, 'labelme', { tolerance: 0.5 });
 * console.log(leftOut);
 * ```
 */
export function annotationWriterOf(format: string): AnnotationWriter {
  return formatNamed('format', format, annotationWriters);
}

function refusingUnknown(writer: AnnotationWriter): AnnotationWriter {
  return {
    ...writer,
    async write(dataset, folder, options = {}) {
      checkOptions('write', options, {
        source: true,
        images: true,
        tolerance: true,
        onProgress: true,
        onNote: true,
      });
      toleranceOf('write', { tolerance: options.tolerance });
      return writer.write(dataset, folder, options);
    },
  };
}
