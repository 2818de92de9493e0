/**
 * `npx tsx recipes/photos/pseudo-labels.ts TRAIN.json RESULTS.json OUT.json`: fills in what partly annotated pictures
 * lack, from a model's own results on them (self-training; Sohn et al. 2020, "STAC"). RESULTS.json is what `mask-rcnn
 * eval --dt` keeps.
 *
 * - A detection of a category that the picture does not annotate exhaustively becomes an annotation if it scores
 *   `taken` or more and overlaps nothing that is annotated; there may still be more of its category.
 * - A category that is unknown in a picture and of which nothing scores `absent` becomes absent.
 */
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { coverageOf } from '../../src/data/coco/coverage.ts';
import { maskFields } from '../../src/data/coco/mask-fields.ts';
import { readCocoResults } from '../../src/data/coco/results.ts';
import { maskOf } from '../../src/data/coco/truth.ts';
import type { CocoAnnotation, CocoImage } from '../../src/data/coco/types.ts';
import { writeCocoDataset } from '../../src/data/coco/write-coco.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';

const taken = 0.6;
const absent = 0.05;
/** A detection whose IoU with an annotated object is larger, or of which the object covers more, is taken for it. */
const sameObject = 0.5;

const [source, resultsFile, out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: pseudo-labels.ts TRAIN.json RESULTS.json OUT.json');
const dataset = await readCocoDataset(source);
const results = await readCocoResults(resultsFile, dataset);
let nextId =
  1 + Math.max(0, ...dataset.images.flatMap(({ id }) => dataset.annotationsOf(id).map((a) => a.id)));

const images: CocoImage[] = [];
const annotations: CocoAnnotation[] = [];
const added = new Map<string, number>();
for (const [index, image] of dataset.images.entries()) {
  const own = dataset.annotationsOf(image.id);
  annotations.push(...own);
  const coverage = coverageOf(image, own);
  if (coverage === null) {
    images.push(image);
    continue;
  }
  const known = own.map((annotation) => ({
    category: annotation.category_id,
    mask: maskOf(annotation, image),
  }));
  const detections = results.detectionsOf(index, () => true).sort((a, b) => b.score - a.score);
  const found = new Set<number>();
  for (const { categoryId, score, mask } of detections) {
    if (!mask || score < taken || coverage.isExhaustive(categoryId)) continue;
    // Of an object of the same category, a part that is detected on its own is that object as well.
    const isPart = known.map(({ category }) => category === categoryId);
    const overlaps = rleIou(
      [mask],
      known.map((object) => object.mask),
      isPart,
    );
    if (overlaps.some((overlap) => overlap > sameObject)) continue;
    // The results' masks share memory.
    known.push({ category: categoryId, mask: { ...mask, counts: mask.counts.slice() } });
    found.add(categoryId);
    annotations.push({
      id: nextId++,
      image_id: image.id,
      category_id: categoryId,
      iscrowd: 0,
      ...maskFields(mask),
    });
    const name = dataset.category(categoryId)?.name ?? String(categoryId);
    added.set(name, (added.get(name) ?? 0) + 1);
  }
  const suspected = new Set(
    detections.filter(({ score }) => score >= absent).map(({ categoryId }) => categoryId),
  );
  const nowAbsent = dataset.categories
    .map(({ id }) => id)
    .filter((id) => !coverage.isKnown(id) && !suspected.has(id));
  images.push({
    ...image,
    neg_category_ids: [...(image.neg_category_ids ?? []), ...nowAbsent],
    not_exhaustive_category_ids: [...new Set([...(image.not_exhaustive_category_ids ?? []), ...found])],
  });
}

await writeCocoDataset(out, { images, annotations, categories: dataset.categories });
const counts = [...added].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
console.log(`${out}: added ${counts.join(', ') || 'nothing'}`);
