import { Command } from 'commander';
import { plural } from '../../core/plural.ts';
import { checkDataset, type DatasetSummary, summarise } from '../../data/check/check-dataset.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import { formatProblem, type Problem } from '../../data/coco/problems.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { count } from '../options/option-values.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import { ReportedFailure } from '../terminal/failure.ts';
import { writeJson, writeText } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';

interface CheckDataOptions extends PlaneChoice {
  readonly images?: string;
  readonly limit?: number;
  readonly json?: true;
}

/** `mask-rcnn check-data`: the problems of a data set, one line each. */
export function checkDataCommand(): Command {
  const command = new Command('check-data')
    .summary('check a COCO data set')
    .description(
      'Checks a COCO data set: ids, masks, boxes, areas, keypoints and, with --images, the picture files. Prints ' +
        'one line per problem, then a summary. Exits with status 1 if a problem is fatal.',
    )
    .argument('<file>', 'COCO JSON (instances or keypoints)')
    .option('--images <dir>', 'folder of the pictures; their sizes are checked too')
    .option('--limit <n>', 'print at most this many problems of each kind', count)
    .option('--json', 'print {"summary", "problems"} instead of lines');
  return addPlaneOptions(command, { canTakeAll: false })
    .addHelpText('after', '\nExample:\n  mask-rcnn check-data instances_train.json --images train/')
    .action(checkDataAction);
}

async function checkDataAction(file: string, options: CheckDataOptions): Promise<void> {
  const malformed: Problem[] = [];
  const dataset = await withProgress('reading', { unit: 'bytes' }, (reading) =>
    readCocoDataset(file, {
      onProgress: (done, total) => reading.update(done, total),
      onMalformed: (found) => malformed.push(found),
    }),
  );
  const found = await validate();
  const problems = [...malformed, ...found];
  const summary = summarise(dataset, problems);
  if (options.json) await writeJson('-', { summary, problems: limited(problems, options.limit) });
  else await writeText('-', textOf(limited(problems, options.limit), summary));
  if (summary.fatal > 0) throw new ReportedFailure(`${file}: ${plural(summary.fatal, 'fatal problem')}`);

  async function validate(): Promise<Problem[]> {
    const { images, page, channel } = options;
    if (images === undefined) return checkDataset(dataset);
    const shown = { total: dataset.images.length, unit: 'pictures' };
    return withProgress('checking', shown, (checking) => {
      const onProgress = (done: number) => checking.update(done);
      return checkDataset(dataset, { imagesDir: images, page, channel, onProgress });
    });
  }
}

/** The first problems of each code. */
function limited(problems: readonly Problem[], limit = Number.POSITIVE_INFINITY): Problem[] {
  const counts = new Map<Problem['code'], number>();
  return problems.filter(({ code }) => {
    const seen = counts.get(code) ?? 0;
    counts.set(code, seen + 1);
    return seen < limit;
  });
}

function textOf(problems: readonly Problem[], summary: DatasetSummary): string {
  const { images, annotations, categories, crowds, imagesWithoutAnnotations, fatal, warnings, byCode } =
    summary;
  const partial =
    summary.partialImages === 0
      ? []
      : [
          `partial annotations in ${summary.partialImages} of ${plural(images, 'image')} (neg_category_ids, ` +
            'not_exhaustive_category_ids): objects of unknown categories are neither learned as background nor ' +
            'counted as false detections',
        ];
  const kinds = Object.entries(byCode).map(([code, number]) => `${number} ${code}`);
  const lines = [
    ...problems.map(formatProblem),
    [
      `${plural(images, 'image')} (${imagesWithoutAnnotations} without annotations)`,
      `${plural(annotations, 'annotation')} (${plural(crowds, 'crowd')})`,
      plural(categories, 'category'),
    ].join(', '),
    ...partial,
    `${plural(fatal, 'fatal problem')}, ${plural(warnings, 'warning')}${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}`,
  ];
  return `${lines.join('\n')}\n`;
}
