/**
 * `npm run demo`: finds people, animals and things in photographs, then the nuclei in a microscope picture that it draws,
 * and writes the pictures with the masks drawn over them. It needs no network.
 */
import { Command, Option } from 'commander';
import { count } from '../../src/cli/options/option-values.ts';
import { exitCodeOf, reportFailure } from '../../src/cli/terminal/failure.ts';
import { defaultModel } from '../../src/core/default-model.ts';
import { findNuclei } from './nuclei.ts';
import { findInPhotographs } from './photographs.ts';

interface DemoOptions {
  readonly only?: 'photos' | 'nuclei';
  /** For the photographs. */
  readonly model: string;
  /** Of the drawn picture. */
  readonly seed: number;
  /** Folder. */
  readonly out: string;
}

const program = new Command('demo')
  .description(
    'Finds people, animals and things in photographs, and the nuclei in a microscope picture that it draws.',
  )
  .addOption(new Option('--only <part>', 'only one of the two parts').choices(['photos', 'nuclei']))
  .option('-m, --model <name|file>', 'the model to use for the photographs', defaultModel)
  .option('--seed <n>', 'random seed of the drawn picture', count, 7)
  .option('-o, --out <dir>', 'output folder', 'out')
  .helpOption('-h, --help', 'print this help')
  .addHelpText('after', '\nExample:\n  npm run demo -- --only photos --model maskrcnn_resnet50_fpn_v2_coco')
  .exitOverride()
  .action(demonstrate);

async function demonstrate({ only, model, seed, out }: DemoOptions): Promise<void> {
  if (only !== 'nuclei') await findInPhotographs(model, out);
  if (only === undefined) console.log();
  if (only !== 'photos') await findNuclei(seed, out);
}

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
