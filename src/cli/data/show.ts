import { Command, Option } from 'commander';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { plural } from '../../core/plural.ts';
import { pictureTitle } from '../../data/coco/picture-key.ts';
import { type LocatedPicture, pictureAt } from '../../data/coco/picture-location.ts';
import { maskOf } from '../../data/coco/truth.ts';
import type { CocoAnnotation, CocoDataset, CocoImage } from '../../data/coco/types.ts';
import { decodePicture } from '../../image/decode.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { rleBox } from '../../ops/rle/measure.ts';
import type { Drawable } from '../../vis/drawable.ts';
import { sheetCard, sheetEnd, sheetStart } from '../../vis/sheet/sheet.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { fraction } from '../options/option-values.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import { describeFailure, endReported } from '../terminal/failure.ts';
import { note, print } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { aboveScore, readCocoInput } from './coco-input.ts';

interface ShowOptions extends PlaneChoice {
  readonly images: string;
  readonly out: string;
  readonly data?: string;
  readonly score?: number;
}

/** `mask-rcnn show`: one HTML page with the overlays of a run. */
export function showCommand(): Command {
  const command = new Command('show')
    .summary('show results on one HTML page')
    .description(
      'Writes one HTML file with the pictures of COCO results, or of a COCO data set, and the instances drawn over them. ' +
        'The page sorts pictures by score and class, and needs no other file.',
    )
    .argument('<results.json>', 'COCO results, as predict --json writes them, or a COCO data set')
    .requiredOption('-i, --images <dir>', 'folder of the pictures')
    .requiredOption('-o, --out <file>', 'the HTML file to write')
    .option('-d, --data <coco.json>', 'the data set of the results (default: the file names in the results)')
    .addOption(
      new Option('-s, --score <0..1>', 'leave out instances with a lower score').argParser(fraction),
    );
  return addPlaneOptions(command, { canTakeAll: false })
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn show results.json --images photos --out sheet.html
  mask-rcnn show results.json --images photos --score 0.5 --out sheet.html`,
    )
    .action(showAction);
}

async function showAction(input: string, options: ShowOptions): Promise<void> {
  const { images, out, data, score, page, channel } = options;
  const dataset = aboveScore(await readCocoInput(input, { data, images }), score, note);
  const pictures = dataset.images.map((image) =>
    pictureAt({ ...image, file_name: image.file_name ?? '' }, { folder: images, page, channel }),
  );
  const paths = pictures.map(({ path }) => path);
  await refuseOverwriting([{ option: '--out', path: out }], [input, data, ...paths]);
  const instancesOf = instancesIn(dataset);
  let failed = 0;
  await withProgress('drawing', { total: dataset.images.length, unit: 'pictures' }, (progress) =>
    writeAtomically(out, async (file) => {
      const categories = dataset.categories.map(({ name }) => name);
      await file.appendFile(sheetStart({ title: input, categories }));
      for (const [index, image] of dataset.images.entries()) {
        const card = await cardOf(image, instancesOf(image), pictures[index]).catch((error: unknown) => {
          failed++;
          progress.note(describeFailure(error, false));
          return '';
        });
        await file.appendFile(card);
        progress.advance();
      }
      await file.appendFile(sheetEnd());
    }),
  );
  await print(`${out}: ${plural(dataset.images.length - failed, 'picture')}`);
  endReported(failed, dataset.images.length);
}

async function cardOf(
  image: CocoImage,
  instances: readonly Drawable[],
  { path, choice }: LocatedPicture,
): Promise<string> {
  const name = pictureTitle({ ...image, file_name: image.file_name ?? '' });
  return sheetCard({ name, views: [{ picture: await decodePicture(path, choice), instances }] });
}

/** Finds the instances of an image. */
function instancesIn({ annotations, categories }: CocoDataset): (image: CocoImage) => Drawable[] {
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const byImage = new Map<number, CocoAnnotation[]>();
  for (const annotation of annotations) {
    const group = byImage.get(annotation.image_id);
    if (group) group.push(annotation);
    else byImage.set(annotation.image_id, [annotation]);
  }
  return (image) =>
    (byImage.get(image.id) ?? []).flatMap((annotation) => drawableOf(annotation, image, names));
}

/** Empty for an annotation with neither box nor mask. */
function drawableOf(
  annotation: CocoAnnotation,
  image: CocoImage,
  names: ReadonlyMap<number, string>,
): Drawable[] {
  const { segmentation, category_id } = annotation;
  const mask = segmentation === undefined ? null : maskOf(annotation, image);
  const box = annotation.bbox ?? (mask && rleBox(mask));
  if (!box) return [];
  const [x, y, width, height] = box;
  const score = annotation.score === undefined ? {} : { score: annotation.score };
  return [
    {
      box: [x, y, x + width, y + height],
      category: { name: names.get(category_id) ?? `class ${category_id}` },
      mask,
      ...score,
    },
  ];
}
