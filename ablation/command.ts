import { Command, InvalidArgumentError } from 'commander';
import { count } from '../src/cli/options/option-values.ts';
import { onStopSignal } from '../src/cli/terminal/process-guards.ts';
import { outcomesOf, runStudy } from './run-study.ts';
import { studies, studyNamed } from './studies.ts';
import { writeReport } from './write-report.ts';

interface AblationOptions {
  readonly seeds: readonly number[];
  readonly steps?: number;
  readonly out: string;
  readonly resume?: true;
  readonly table?: true;
}

/** `ablation NAME`: trains the variants of a study and writes the table with the paper's rows beside ours. */
export function ablationCommand(): Command {
  return new Command('ablation')
    .description('Trains variants of the model with equal seeds and budgets and compares them.')
    .argument('<name>', `study: ${studies.map(({ name }) => name).join(', ')}`)
    .option('--seeds <list>', 'whole numbers, separated by commas', seedList, [1, 2, 3])
    .option('--steps <n>', 'updates of each run (default: those of the study)', count)
    .option('-o, --out <folder>', 'pictures, runs and tables of all studies', 'out/ablation')
    .option('--resume', 'resume the runs in the folder; finished runs are kept')
    .option('--table', 'write the table of the existing runs without training')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run ablation -- softmax-sigmoid\n  npm run ablation -- poolers --seeds 1 --resume',
    )
    .exitOverride()
    .action(ablate);
}

async function ablate(name: string, options: AblationOptions): Promise<void> {
  const study = studyNamed(name);
  let stopping = false;
  const restore = onStopSignal(() => {
    stopping = true;
    process.stderr.write('\nsaving the run; press Ctrl-C again to exit immediately\n');
  });
  try {
    const outcomes = options.table
      ? await outcomesOf(study, options)
      : await runStudy(study, {
          ...options,
          shouldStop: () => stopping,
          onNote: (line) => process.stderr.write(`${line}\n`),
        });
    process.stdout.write(await writeReport(study, outcomes, options));
    if (stopping) process.stderr.write('stopped; continue with --resume\n');
  } finally {
    restore();
  }
}

function seedList(text: string): number[] {
  const seeds = text.split(',').map(Number);
  const isWhole = seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0);
  if (isWhole && !/(^|,)\s*(,|$)/.test(text)) return [...new Set(seeds)];
  throw new InvalidArgumentError('Expected whole numbers separated by commas.');
}
