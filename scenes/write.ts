import { join } from 'node:path';
import { writeAtomically } from '../src/core/node/atomic-write.ts';
import { makeFolder } from '../src/core/node/make-folder.ts';
import type { CocoAnnotation, CocoImage } from '../src/data/coco/types.ts';
import { writeCocoDataset } from '../src/data/coco/write-coco.ts';
import { compressRle } from '../src/ops/rle/compressed.ts';
import { rleArea } from '../src/ops/rle/measure.ts';
import { loadArt } from './art.ts';
import { artCategories } from './art-table.ts';
import { composeScene, type TrueObject } from './compose.ts';
import { encodePicture, type PictureFormat } from './encode.ts';
import type { ObjectCount } from './placement.ts';
import { artStyles, type StyleName } from './styles.ts';

export interface DatasetOptions {
  /** Output folder: `images/` and, written last, `annotations.json`. */
  readonly folder: string;
  /** Number of scenes. */
  readonly count: number;
  /** Equal options and seeds give identical files; scene i does not depend on the count. */
  readonly seed: number;
  readonly styles: readonly StyleName[];
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Number of objects placed in each scene; fewer are visible. */
  readonly thrown: ObjectCount;
  readonly format: PictureFormat;
  /** Called after every scene. */
  readonly onScene?: (done: number) => void;
}

/**
 * Composes a COCO data set, scene by scene. `annotations.json` is written after all pictures, so a folder that
 * contains it is complete.
 * @returns The number of objects.
 * @throws InputError if the art is not installed or a file cannot be written.
 */
export async function writeScenes(options: DatasetOptions): Promise<number> {
  const { folder, count, seed, styles, width, height, thrown, format } = options;
  const art = await loadArt(styles);
  await makeFolder(join(folder, 'images'));
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  // One picture is encoded and written while the next is composed.
  let written: Promise<void> = Promise.resolve();
  for (let index = 0; index < count; index++) {
    const { picture, objects } = composeScene(art, { seed: seedOfScene(seed, index), width, height, thrown });
    await written;
    const image = { id: index + 1, width, height, file_name: `${String(index).padStart(6, '0')}.${format}` };
    images.push(image);
    for (const object of objects) annotations.push(annotationOf(object, annotations.length + 1, image.id));
    written = encodePicture(picture, format).then((bytes) =>
      writeAtomically(join(folder, 'images', image.file_name), bytes),
    );
    options.onScene?.(index + 1);
  }
  await written;
  await writeCocoDataset(join(folder, 'annotations.json'), {
    info: { description: 'Scenes composed of emoji art', count, seed, styles: styles.join(',') },
    licenses: licensesOf(styles),
    categories: artCategories.map(({ id, name }) => ({ id, name })),
    images,
    annotations,
  });
  return annotations.length;
}

/** A hash that separates neighbouring scenes and seeds (the finisher of MurmurHash3 by Austin Appleby). */
export function seedOfScene(seed: number, index: number): number {
  let mixed = Math.imul(seed, 0x9e3779b1) ^ (index + 1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The record of an object, its mask as compressed RLE. */
export function annotationOf(
  { category, box, mask }: Pick<TrueObject, 'category' | 'box' | 'mask'>,
  id: number,
  image: number,
): CocoAnnotation {
  const [x1, y1, x2, y2] = box;
  return {
    id,
    image_id: image,
    category_id: category.id,
    bbox: [x1, y1, x2 - x1, y2 - y1],
    area: rleArea(mask),
    segmentation: { size: mask.size, counts: compressRle(mask) },
    iscrowd: 0,
  };
}

function licensesOf(styles: readonly StyleName[]) {
  return styles.map((style, index) => {
    const { license, licenseUrl, credit } = artStyles[style];
    return { id: index + 1, name: `${license}: ${credit}`, url: licenseUrl };
  });
}
