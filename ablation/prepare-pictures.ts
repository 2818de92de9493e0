import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../src/core/errors.ts';
import { writeAtomically } from '../src/core/node/atomic-write.ts';
import { makeFolder } from '../src/core/node/make-folder.ts';
import { maskFields } from '../src/data/coco/mask-fields.ts';
import type { CocoAnnotation, CocoImage } from '../src/data/coco/types.ts';
import { writeCocoDataset } from '../src/data/coco/write-coco.ts';
import { encodePng } from './drawing/encode-png.ts';
import { seedOfPicture } from './drawing/seed-of-picture.ts';
import { drawFigures, figureCategories } from './figures.ts';
import type { PictureSetRecipe } from './recipe.ts';
import { drawShapes, shapeCategories } from './shapes.ts';

/** A set of pictures, named as the options of a training run. */
export interface PictureSet {
  /** Path of the COCO JSON file. */
  readonly data: string;
  /** Folder of the pictures. */
  readonly images: string;
}

const generators = {
  shapes: { draw: drawShapes, categories: shapeCategories },
  figures: { draw: drawFigures, categories: figureCategories },
};

/** Far apart, so that the sets share no picture. */
const seeds = { train: 1, validation: 1_000_001 };

/**
 * Draws the pictures of a study into `train/` and `validation/` of a folder, unless they already exist.
 * @throws InputError if the folder holds pictures of another recipe.
 */
export async function preparePictures(
  recipe: PictureSetRecipe,
  folder: string,
): Promise<{ train: PictureSet; validation: PictureSet }> {
  const label = join(folder, 'recipe.json');
  if (!existsSync(label)) {
    await makeFolder(folder);
    await writeAtomically(label, `${JSON.stringify(recipe, null, 2)}\n`);
  } else if (!isDeepStrictEqual(JSON.parse(await readFile(label, 'utf8')), recipe)) {
    throw new InputError(label, `is not the recipe of ${recipe.name}; choose another --out`);
  }
  return {
    train: await prepareSet(recipe, folder, 'train'),
    validation: await prepareSet(recipe, folder, 'validation'),
  };
}

/** `annotations.json` is written last: a folder that has one is complete. */
async function prepareSet(
  recipe: PictureSetRecipe,
  folder: string,
  part: keyof PictureSetRecipe['pictures'],
): Promise<PictureSet> {
  const set = { data: join(folder, part, 'annotations.json'), images: join(folder, part, 'images') };
  if (existsSync(set.data)) return set;
  await makeFolder(set.images);
  const { draw, categories } = generators[recipe.kind];
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  for (let index = 0; index < recipe.pictures[part]; index++) {
    const { picture, objects } = draw(recipe, seedOfPicture(seeds[part], index));
    const file_name = `${String(index).padStart(4, '0')}.png`;
    const image = { id: index + 1, width: picture.width, height: picture.height, file_name };
    images.push(image);
    for (const { category, mask, keypoints } of objects) {
      annotations.push({
        id: annotations.length + 1,
        image_id: image.id,
        category_id: category.id,
        iscrowd: 0,
        ...maskFields(mask),
        ...(keypoints ? { keypoints, num_keypoints: keypoints.length / 3 } : {}),
      });
    }
    await writeAtomically(join(set.images, file_name), await encodePng(picture));
  }
  await writeCocoDataset(set.data, {
    info: { description: `${recipe.name}: generated for ablation studies`, ...recipe.pictures },
    images,
    annotations,
    categories,
  });
  return set;
}
