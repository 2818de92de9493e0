import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { makeFolder } from '../../core/node/make-folder.ts';
import { decodePicture } from '../../image/decode.ts';
import { loadSemantic, type SemanticPrediction } from '../../predict/semantic.ts';
import { drawClasses, encodeClasses } from '../../vis/draw-classes.ts';
import { outputNames } from '../files/output-names.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { findPictures } from '../files/pictures.ts';
import { offlineOption, weightFile } from '../options/model-argument.ts';
import { picturesHelp, recursiveOption } from '../options/picture-arguments.ts';
import { addPlaneOptions, chosenPages, type PlaneOptions } from '../options/plane-options.ts';
import {
  addPredictionOptions,
  type PredictionOptions,
  tileOptionNames,
} from '../options/prediction-options.ts';
import { describeFailure, endReported } from '../terminal/failure.ts';
import { note, print } from '../terminal/output.ts';

interface SegmentOptions
  extends Pick<PredictionOptions, 'minSize' | 'maxSize' | 'threads' | 'device'>,
    PlaneOptions {
  recursive?: true;
  model: string;
  out: string;
  offline?: true;
}

/** `mask-rcnn segment`: assigns a class to every pixel. */
export function segmentCommand(): Command {
  const command = new Command('segment')
    .summary('assign a class to every pixel (FCN)')
    .description(
      'Writes, for each picture, NAME.classes.png, whose pixel values are class numbers, and NAME.png, the picture ' +
        'with its classes in colour. Objects of the same class are not separated; predict does that.',
    )
    .argument('<picture...>', picturesHelp)
    .addOption(recursiveOption())
    .requiredOption(
      '-m, --model <model>',
      "an FCN trained with `mask-rcnn train`, weights of torchvision's fcn_resnet50 or fcn_resnet101, or a name that " +
        '`mask-rcnn models` lists',
    )
    .requiredOption('-o, --out <folder>', 'folder to write the pictures to')
    .addOption(offlineOption());
  addPlaneOptions(command, { canTakeAll: true });
  return addPredictionOptions(command, ['score', 'maxDet', 'nms', 'classes', ...tileOptionNames])
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn segment street.jpg --model fcn_resnet50_coco --out classes
  mask-rcnn segment fields --model runs/land/best.safetensors --out classes`,
    )
    .action(segmentAction);
}

async function segmentAction(args: string[], options: SegmentOptions): Promise<void> {
  const { model: nameOrPath, out, recursive, offline, minSize, maxSize, threads, device } = options;
  const found = await findPictures(args, { recursive, onNote: note });
  const pictures = await chosenPages(found, options);
  const model = await loadSemantic(await weightFile(nameOrPath, offline), {
    threads,
    device,
    minSize,
    maxSize,
  });
  let failed = 0;
  try {
    const names = outputNames(pictures).map((name) => join(out, name));
    const outputs = names.flatMap((name) => [`${name}.classes.png`, `${name}.png`]);
    await refuseOverwriting(
      outputs.map((path) => ({ option: `--out ${out}`, path })),
      [...found.map(({ path }) => path), nameOrPath],
    );
    for (const folder of new Set([out, ...names.map((name) => dirname(name))])) {
      await makeFolder(folder);
    }
    for (const [index, { path, choice }] of pictures.entries()) {
      const name = names[index];
      try {
        const picture = await decodePicture(path, choice);
        const prediction = await model.predictPicture(picture);
        await writeAtomically(`${name}.classes.png`, await encodeClasses(prediction));
        await writeAtomically(`${name}.png`, await drawClasses(picture, prediction));
        const classes = model.config.categories.map((category) => category.name);
        await print(`${path}: ${sharesOf(prediction, classes)}`);
      } catch (error) {
        failed++;
        note(describeFailure(error, false));
      }
    }
  } finally {
    await model.dispose();
  }
  endReported(failed, pictures.length);
}

/** `background 81 %, person 19 %` */
function sharesOf({ classes }: SemanticPrediction, names: readonly string[]): string {
  const counts = new Float64Array(names.length);
  for (const index of classes) counts[index]++;
  return [...counts.keys()]
    .filter((index) => counts[index] > 0)
    .sort((a, b) => counts[b] - counts[a])
    .map((index) => `${names[index]} ${Math.round((100 * counts[index]) / classes.length)} %`)
    .join(', ');
}
