/**
 * `npm run demo`: composes a scene of everyday objects that no model has seen, finds them, compares them with
 * what was drawn, and writes the picture with the masks over it. Without the model of everyday objects it draws
 * a microscope picture and finds the nuclei. Needs no network.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
  /** A model of everyday objects. */
  readonly model?: string;
  readonly seed: number;
  readonly styles: readonly StyleName[];
}

/** The model that ships with the package, where it does. */
const shippedObjects = join(import.meta.dirname, '..', '..', 'models', 'objects.safetensors');

const program = new Command('demo')
  .description('Draws a picture, finds the objects in it, and compares them with what was drawn.')
  .option('-m, --model <file>', 'a model of everyday objects (default: the one that ships, else the nuclei)')
  .option('--seed <n>', 'another seed draws another picture', seed, 7)
  .addOption(
    new Option('--styles <names>', 'art styles of the scene, separated by commas')
      .argParser(styleList)
      .default(trainingStyles, trainingStyles.join(',')),
  )
  .helpOption('-h, --help', 'print this help')
  .addHelpText('after', '\nExample:\n  npm run demo -- --seed 12 --styles emojione')
  .exitOverride()
  .action(demonstrate);

async function demonstrate(options: DemoOptions): Promise<void> {
  const everyday = options.model !== undefined || existsSync(shippedObjects);
  const drawn = everyday ? await drawEverydayObjects(options) : drawMicroscopePicture(options);
  const start = performance.now();
  const model = await load(options.model ?? (everyday ? shippedObjects : 'nuclei'));
  const name = options.model ?? (everyday ? 'objects' : 'nuclei');
  console.log(`model     ${name}, loaded in ${seconds(start)}`);
  await findAndShow(model, drawn);
  await model.dispose();
}

/** Data sets mix their seeds into numbers far apart (`seedOfScene`): small seeds give scenes of none of them. */
async function drawEverydayObjects({ seed, styles }: DemoOptions): Promise<Drawn> {
  const art = await loadArt(styles);
  const { picture, objects } = composeScene(art, { seed, width: 512, height: 384 });
  return { picture, objects, plural: 'objects', rows: 15 };
}

function drawMicroscopePicture({ seed }: DemoOptions): Drawn {
  const { picture, nuclei } = drawNuclei({ seed, width: 384, height: 256 });
  return { picture, objects: nuclei, plural: 'nuclei', rows: 8 };
}

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
