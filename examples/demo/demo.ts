/**
 * `npm run demo`: composes a scene of everyday objects and draws a microscopy picture, neither of which was used for
 * training, detects the objects in them, compares the results with the drawn objects, and writes the pictures with the
 * masks drawn over them. It needs no network.
 */
import { Command, Option } from 'commander';
import { loadArt } from '../../scenes/art.ts';
import { composeScene } from '../../scenes/compose.ts';
import { seed, styleList } from '../../scenes/option-values.ts';
import { type StyleName, trainingStyles } from '../../scenes/styles.ts';
import { exitCodeOf, reportFailure } from '../../src/cli/failure.ts';
import { load } from '../../src/index.ts';
import { drawNuclei } from './draw-nuclei.ts';
import { type Drawn, findAndShow, seconds } from './show.ts';

interface DemoOptions {
  readonly only?: 'scene' | 'nuclei';
  /** A model of everyday objects. */
  readonly model: string;
  readonly seed: number;
  readonly styles: readonly StyleName[];
  /** Folder. */
  readonly out: string;
}

const program = new Command('demo')
  .description(
    'Draws two pictures, finds the objects in them, and compares the results with the drawn objects.',
  )
  .addOption(new Option('--only <picture>', 'draw only one of the two pictures').choices(['scene', 'nuclei']))
  .option('-m, --model <name|file>', 'the model to use for a scene', 'objects')
  .option('--seed <n>', 'random seed of the pictures', seed, 7)
  .addOption(
    new Option('--styles <names>', 'art styles of a scene, separated by commas')
      .argParser(styleList)
      .default(trainingStyles, trainingStyles.join(',')),
  )
  .option('-o, --out <dir>', 'output folder', 'out')
  .helpOption('-h, --help', 'print this help')
  .addHelpText('after', '\nExample:\n  npm run demo -- --only scene --seed 12')
  .exitOverride()
  .action(demonstrate);

async function demonstrate(options: DemoOptions): Promise<void> {
  if (options.only !== 'nuclei') await look(options.model, await drawEverydayObjects(options), options);
  if (options.only === undefined) console.log();
  if (options.only !== 'scene') await look('nuclei', drawMicroscopePicture(options), options);
}

async function look(name: string, drawn: Drawn, { out }: DemoOptions): Promise<void> {
  const start = performance.now();
  const model = await load(name);
  console.log(`model     ${name}, loaded in ${seconds(start)}`);
  await findAndShow(model, drawn, out);
  await model.dispose();
}

/** Data sets hash their seeds to large numbers (`seedOfScene`), so small seeds give scenes that are in none of them. */
async function drawEverydayObjects({ seed, styles }: DemoOptions): Promise<Drawn> {
  const art = await loadArt(styles);
  const { picture, objects } = composeScene(art, { seed, width: 512, height: 384 });
  return { picture, objects, plural: 'objects', rows: 15, file: 'scene.png' };
}

function drawMicroscopePicture({ seed }: DemoOptions): Drawn {
  const { picture, nuclei } = drawNuclei({ seed, width: 384, height: 256 });
  return { picture, objects: nuclei, plural: 'nuclei', rows: 8, file: 'nuclei.png' };
}

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
