import { Command } from 'commander';
import { largest } from '../../core/extremes.ts';
import { plural } from '../../core/plural.ts';
import { oneLine } from '../../core/printable.ts';
import { openDataset } from '../../data/coco/open-dataset.ts';
import {
  type DatasetStatistics,
  type Distribution,
  datasetStatistics,
} from '../../data/curate/statistics.ts';
import { note, writeJson, writeText } from '../terminal/output.ts';

/** Characters of the longest bar. */
const barLength = 40;

/** `mask-rcnn data stats`: counts and histograms of a data set. */
export function statsCommand(): Command {
  return new Command('stats')
    .summary('count pictures and instances')
    .description(
      'Prints how many pictures and instances a COCO data set has, with histograms of their numbers, sizes and shapes, ' +
        'and a line for each class.',
    )
    .argument('<coco.json>', 'the data set')
    .option('--json', 'print the numbers as JSON')
    .addHelpText('after', '\nExample:\n  mask-rcnn data stats cells.json')
    .action(statsAction);
}

async function statsAction(input: string, { json }: { json?: true }): Promise<void> {
  const dataset = await openDataset(input, { onNote: (line) => note(`note: ${line}`) });
  const statistics = datasetStatistics(dataset);
  if (json) await writeJson('-', statistics);
  else await writeText('-', textOf(statistics));
  noteStray(input, statistics);
}

/** Says how many instances are not counted everywhere. */
function noteStray(input: string, { withoutImage, withoutCategory, withoutArea }: DatasetStatistics): void {
  const say = (count: number, problem: string) => {
    if (count > 0) note(`note: ${input}: ${plural(count, 'instance')} ${problem} (check-data lists them)`);
  };
  say(withoutImage, 'of images that are not listed: counted in no size, picture or class');
  say(withoutCategory, 'of categories that are not listed: counted in no class');
  say(withoutArea, 'without an area: counted in no size');
}

function textOf(statistics: DatasetStatistics): string {
  const { images, imagesWithoutInstances, instances, crowds, withMask, byCocoSize, categories } = statistics;
  const { small, medium, large } = byCocoSize;
  const lines = [
    `images     ${images} (${imagesWithoutInstances} without instances)`,
    `instances  ${instances} (${withMask} with a mask), ${plural(crowds, 'crowd')}`,
    `sizes      ${small} small (below 32² pixels), ${medium} medium, ${large} large (from 96²)`,
    ...histogramOf('longer side of the pictures, pixels', statistics.pictureSide),
    ...histogramOf('instances per picture', statistics.instancesPerImage),
    ...histogramOf('size of an instance, square root of its area in pixels', statistics.size),
    ...histogramOf('width by height of an instance', statistics.aspect),
    '',
    'class, instances, pictures, median size',
    ...categoryLines(categories),
  ];
  return `${lines.join('\n')}\n`;
}

function histogramOf(title: string, distribution: Distribution | null): string[] {
  if (distribution === null) return [];
  const { min, median, mean, max, histogram } = distribution;
  const values = `min ${short(min)}, median ${short(median)}, mean ${short(mean)}, max ${short(max)}`;
  const most = largest(histogram.counts);
  const labels = histogram.from.map((from, i) => {
    const next = histogram.from[i + 1];
    return next === undefined ? `from ${short(from)}` : `${short(from)} to ${short(next)}`;
  });
  const width = largest(labels.map(({ length }) => length));
  const rows = histogram.counts.map((count, i) => {
    const bar = '█'.repeat(Math.ceil((barLength * count) / most));
    return `  ${labels[i].padStart(width)}  ${String(count).padStart(String(most).length)} ${bar}`.trimEnd();
  });
  return ['', `${title}: ${values}`, ...rows];
}

function categoryLines(categories: DatasetStatistics['categories']): string[] {
  const names = categories.map(({ name }) => oneLine(name));
  const width = largest(names.map(({ length }) => length));
  const digits = String(categories[0]?.instances ?? 0).length;
  return categories.map(({ instances, images, medianSize }, i) => {
    const counts = [instances, images].map((value) => String(value).padStart(digits));
    return `  ${names[i].padEnd(width)}  ${counts.join('  ')}  ${medianSize === null ? '–' : short(medianSize)}`;
  });
}

/** At most two decimals. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
