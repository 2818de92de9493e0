/** `npm run scenes`: writes a data set of composed scenes in COCO's form. */
import { parseArgs } from 'node:util';
import { MaskRcnnError, messageOf, UsageError } from '../src/core/errors.ts';
import { smallestSide } from './compose.ts';
import { type PictureFormat, pictureFormats } from './encode.ts';
import { isStyleName, type StyleName, styleNames, trainingStyles } from './styles.ts';
import { type DatasetOptions, writeScenes } from './write.ts';

const help = `Composes scenes of everyday objects and writes them with their masks in COCO's form.

  npm run scenes -- --out DIR [--count 100] [--seed 1] [--styles ${trainingStyles.join(',')}]
                    [--size 384x384] [--format jpg]

  --out DIR       gets images/ and annotations.json
  --count N       scenes
  --seed N        equal seeds (and options) write equal bytes
  --styles A,B    of ${styleNames.join(', ')}
  --size WxH      pixels
  --format F      ${pictureFormats.join(' or ')}

Example: npm run scenes -- --out out/scenes --count 20 --styles emojione`;

function readOptions(args: string[]): DatasetOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      count: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      styles: { type: 'string', default: trainingStyles.join(',') },
      size: { type: 'string', default: '384x384' },
      format: { type: 'string', default: 'jpg' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (!values.out) throw new UsageError('--out DIR is missing');
  const [width, height] = readSize(values.size);
  return {
    folder: values.out,
    count: wholeNumber('--count', values.count, 1),
    seed: wholeNumber('--seed', values.seed, 0),
    styles: values.styles.split(',').map(readStyle),
    width,
    height,
    format: readFormat(values.format),
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value < 2 ** 31) return value;
  throw new UsageError(`${option}: expected a whole number of at least ${least}, got ${text}`);
}

function readSize(text: string): [number, number] {
  const sides = /^(\d+)x(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  const [width, height] = sides;
  if (sides.length === 2 && Math.min(width, height) >= smallestSide && Math.max(width, height) <= 4096) {
    return [width, height];
  }
  throw new UsageError(`--size: expected WxH with sides of ${smallestSide} to 4096 pixels, got ${text}`);
}

function readStyle(name: string): StyleName {
  if (isStyleName(name)) return name;
  throw new UsageError(`--styles: expected some of ${styleNames.join(', ')}, got ${name}`);
}

function readFormat(text: string): PictureFormat {
  const format = pictureFormats.find((known) => known === text);
  if (format) return format;
  throw new UsageError(`--format: expected ${pictureFormats.join(' or ')}, got ${text}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(help);
  } else {
    const start = performance.now();
    const onScene = (done: number) => {
      if (done % 100 === 0) console.error(`${done} of ${options.count} scenes`);
    };
    const objects = await writeScenes({ ...options, onScene });
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${options.folder}: ${options.count} scenes with ${objects} objects in ${seconds.toFixed(1)} s`,
    );
  }
} catch (error) {
  const wrongUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  if (!wrongUsage && !(error instanceof MaskRcnnError)) throw error;
  console.error(`scenes: ${messageOf(error)}`);
  process.exitCode = wrongUsage ? 2 : 1;
}
