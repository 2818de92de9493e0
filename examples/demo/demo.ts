/**
 * `npm run demo`: draws a microscope picture that no model has seen, or composes a scene of everyday objects, finds
 * what is in it, compares that with what was drawn, and writes the picture with the masks over it. Needs no network.
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
  readonly scene?: true;
  /** A model of everyday objects. */
  readonly model: string;
  readonly seed: number;
  readonly styles: readonly StyleName[];
}

const program = new Command('demo')
  .description('Draws a picture, finds the objects in it, and compares them with what was drawn.')
  .option('--scene', 'everyday objects in the place of nuclei')
  .option('-m, --model <name|file>', 'the model that looks at a scene', 'objects')
  .option('--seed <n>', 'another seed draws another picture', seed, 7)
  .addOption(
    new Option('--styles <names>', 'art styles of a scene, separated by commas')
      .argParser(styleList)
      .default(trainingStyles, trainingStyles.join(',')),
  )
  .helpOption('-h, --help', 'print this help')
  .addHelpText('after', '\nExample:\n  npm run demo -- --scene --seed 12')
  .exitOverride()
  .action(demonstrate);

async function demonstrate(options: DemoOptions): Promise<void> {
  const drawn = options.scene ? await drawEverydayObjects(options) : drawMicroscopePicture(options);
  const name = options.scene ? options.model : 'nuclei';
  const start = performance.now();
  const model = await load(name);
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
