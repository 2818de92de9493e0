import { Command } from 'commander';
import { merge } from '../../config/merge.ts';
import type { Category } from '../../config/schema.ts';
import type { RunInput } from '../../config/training.ts';
import { defaultModel } from '../../core/default-model.ts';
import { UsageError } from '../../core/errors.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { readJson } from '../../core/node/read-json.ts';
import { plural } from '../../core/plural.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { previewSamples } from '../../run/preview-samples.ts';
import type { Drawable } from '../../vis/drawable.ts';
import { sheetCard, sheetEnd, sheetStart } from '../../vis/sheet/sheet.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { offlineOption } from '../options/model-argument.ts';
import { count } from '../options/option-values.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import { note, print } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';

interface PreviewCommandOptions extends PlaneChoice {
  readonly out: string;
  readonly images?: string;
  readonly config?: string;
  readonly from?: string;
  readonly count: number;
  readonly seed?: number;
  readonly offline?: true;
}

/** `mask-rcnn data preview`: the pictures of a training run as the trainer sees them. */
export function previewCommand(): Command {
  const command = new Command('preview')
    .summary('show annotated and augmented samples on one HTML page')
    .description(
      'Writes one HTML page with the first pictures that train would use: as they are annotated, and resized and ' +
        'augmented as the network gets them. Takes the same configuration as train.',
    )
    .argument('[coco.json]', 'the data set (default: that of --config)')
    .requiredOption('-o, --out <file>', 'the HTML file to write')
    .option('-i, --images <dir>', 'folder of the pictures')
    .option('-c, --config <file>', 'the run as JSON, for its augmentation and model')
    .option('--from <model>', `model that training will start from (default: ${defaultModel})`)
    .option('-n, --count <n>', 'number of samples', count, 12)
    .option('--seed <n>', 'random seed (default: 1)', count)
    .addOption(offlineOption());
  return addPlaneOptions(command, { canTakeAll: false })
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn data preview cells.json --images pictures --from nuclei --out preview.html
  mask-rcnn data preview --config run.json --out preview.html`,
    )
    .action(previewAction);
}

async function previewAction(data: string | undefined, options: PreviewCommandOptions): Promise<void> {
  const { out, images, page, channel, config, from, seed, offline = false } = options;
  const set = { data, images, page, channel };
  if (config === undefined && (data === undefined || images === undefined)) {
    throw new UsageError('data preview: specify a data set and --images, or --config');
  }
  await refuseOverwriting([{ option: '--out', path: out }], [data, config]);
  const given = {
    ...(Object.values(set).every((value) => value === undefined) ? {} : { train: set }),
    from,
    ...(seed === undefined ? {} : { training: { seed } }),
  };
  const run = merge(config === undefined ? {} : await readJson(config), given) as RunInput;
  const { categories, samples } = await previewSamples(run, options.count, {
    source: config ?? 'the options',
    offline,
    onNote: (line) => note(`note: ${line}`),
  });
  await withProgress('drawing', { total: options.count, unit: 'samples' }, (progress) =>
    writeAtomically(out, async (file) => {
      const names = categories.map(({ name }) => name);
      await file.appendFile(sheetStart({ title: `Samples of ${data ?? config}`, categories: names }));
      for await (const { name, annotated, augmented } of samples) {
        const views = [
          { caption: 'annotated', picture: annotated.picture, instances: drawables(annotated, categories) },
          { caption: 'augmented', picture: augmented.picture, instances: drawables(augmented, categories) },
        ];
        await file.appendFile(await sheetCard({ name, views }));
        progress.advance();
      }
      await file.appendFile(sheetEnd());
    }),
  );
  await print(`${out}: ${plural(options.count, 'sample')}`);
}

function drawables({ boxes, labels, masks }: GroundTruth, categories: readonly Category[]): Drawable[] {
  return Array.from(labels, (label, i) => {
    const [x1, y1, x2, y2] = boxes.subarray(4 * i, 4 * i + 4);
    return { box: [x1, y1, x2, y2], mask: masks[i], category: categories[label - 1] };
  });
}
