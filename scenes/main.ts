/** `npm run scenes`: writes composed scenes as a COCO data set. */

import { Command, Option } from 'commander';
import { exitCodeOf, reportFailure } from '../src/cli/failure.ts';
import { count } from '../src/cli/output.ts';
import { plural } from '../src/core/plural.ts';
import { defaultThrown } from './compose.ts';
import type { PictureFormat } from './encode.ts';
import { pictureFormats } from './encode.ts';
import type { Size } from './fields.ts';
import { objectCount, pictureSize, seed, styleList } from './option-values.ts';
import type { ObjectCount } from './placement.ts';
import { type StyleName, styleNames, trainingStyles } from './styles.ts';
import { writeScenes } from './write.ts';

interface SceneOptions {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly styles: readonly StyleName[];
  readonly size: Size;
  readonly objects: ObjectCount;
  readonly format: PictureFormat;
}

const program = new Command('scenes')
  .description('Composes scenes of everyday objects and writes them as a COCO data set with masks.')
  .requiredOption('-o, --out <folder>', 'output folder, for images/ and annotations.json')
  .option('-n, --count <n>', 'scenes', count, 100)
  .option('--seed <n>', 'random seed; equal seeds and options give identical files', seed, 1)
  .addOption(
    new Option('--styles <names>', `art styles, separated by commas: ${styleNames.join(', ')}`)
      .argParser(styleList)
      .default(trainingStyles, trainingStyles.join(',')),
  )
  .addOption(
    new Option('--size <WxH>', 'pixels')
      .argParser(pictureSize)
      .default({ width: 384, height: 384 }, '384x384'),
  )
  .addOption(
    new Option('--objects <range>', 'number of objects placed in a scene')
      .argParser(objectCount)
      .default(defaultThrown, `${defaultThrown.fewest}-${defaultThrown.most}`),
  )
  .addOption(
    new Option('--format <name>', 'format of the picture files').choices(pictureFormats).default('jpg'),
  )
  .helpOption('-h, --help', 'print this help')
  .addHelpText('after', '\nExample:\n  npm run scenes -- --out out/scenes --count 20 --styles emojione')
  .exitOverride()
  .action(composeDataset);

async function composeDataset({ out, size, objects: thrown, ...options }: SceneOptions): Promise<void> {
  const start = performance.now();
  const onScene = (done: number) => {
    if (done % 100 === 0) console.error(`${done} of ${plural(options.count, 'scene')}`);
  };
  const objects = await writeScenes({ ...options, ...size, thrown, folder: out, onScene });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${out}: ${plural(options.count, 'scene')} with ${plural(objects, 'object')} in ${seconds} s`);
}

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
