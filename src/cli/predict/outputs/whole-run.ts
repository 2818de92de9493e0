import type { FileHandle } from 'node:fs/promises';
import type { Category } from '../../../config/schema.ts';
import { writeAtomically } from '../../../core/node/atomic-write.ts';
import type { CocoCategory, CocoImage } from '../../../data/coco/types.ts';
import { writeCocoDataset } from '../../../data/coco/write-coco.ts';
import { annotationFields, imageFields, type PredictedAnnotation } from '../../../export/coco-dataset.ts';
import { csvHeader, csvRows } from '../../../export/csv.ts';
import type { PixelSize } from '../../../export/pixel-size.ts';
import type { CategoryIds } from '../../../predict/result-entry.ts';
import { writeText } from '../../terminal/output.ts';
import { type ResultOutput, titleOf } from './picture-result.ts';

/*
 * Outputs that hold all pictures of a run. A file appears once the run is done.
 */

/** A table of measures. @param target A file, or `-` for stdout. */
export function csvOutput(target: string, pixelSize: PixelSize): ResultOutput {
  return async (produce) => {
    const write = async (append: (text: string) => Promise<void>) => {
      await append(csvHeader());
      await produce((result) => {
        const { prediction, picture } = result;
        return append(
          csvRows({ name: titleOf(result), prediction, picture: picture ?? undefined }, pixelSize),
        );
      });
    };
    if (target === '-') await write((text) => writeText('-', text));
    else
      await writeAtomically(target, (file: FileHandle) =>
        write(async (text) => void (await file.appendFile(text))),
      );
  };
}

/** A COCO data set. @param categories All categories that the ids refer to. */
export function cocoOutput(
  target: string,
  ids: CategoryIds,
  categories: readonly (CocoCategory | Category)[],
): ResultOutput {
  return async (produce) => {
    const images: CocoImage[] = [];
    const annotations: PredictedAnnotation[] = [];
    await produce(async ({ path, page, channel, imageIds, prediction }) => {
      for (const imageId of imageIds) {
        images.push({
          ...{ id: imageId, ...imageFields(path, prediction) },
          ...(page === undefined ? {} : { page }),
          ...(channel === undefined ? {} : { channel }),
        });
        for (const instance of prediction.instances) {
          const category = ids.categoryId(instance.category);
          if (category === null) continue;
          const place = { id: annotations.length + 1, image_id: imageId, category_id: category };
          annotations.push({ ...place, ...annotationFields(instance) });
        }
      }
    });
    const info = { description: 'predicted by mask-rcnn' };
    await writeCocoDataset(target, { info, images, annotations, categories });
  };
}
