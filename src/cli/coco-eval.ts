import { Command } from 'commander';
import { openDataset } from '../data/coco/open-dataset.ts';
import { readCocoResults } from '../data/coco/results.ts';
import { addEvalOptions, type EvalOptions, evalOutputs } from './eval-options.ts';
import { checkEvalOptions, reportEvaluation } from './eval-report.ts';
import { warn } from './output.ts';
import { refuseOverwriting } from './overwrite.ts';
import { startProgress } from './progress.ts';

interface CocoEvalOptions extends EvalOptions {
  gt: string;
  dt: string;
}

/** `mask-rcnn coco-eval`: scores a results file from any source. */
export function cocoEvalCommand(): Command {
  const command = new Command('coco-eval')
    .summary('score a COCO results file')
    .description(
      "Scores COCO results against their ground truth. The results are exactly those of COCO's own evaluator.",
    )
    .requiredOption('--gt <coco.json>', 'ground truth')
    .requiredOption('--dt <results.json>', 'results: [{"image_id", "category_id", "score", …}, …]');
  return addEvalOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn coco-eval --gt instances_val2017.json --dt results.json --type segm --per-class
  mask-rcnn coco-eval --gt nuclei.json --dt results.json --metric nuclei --json -`,
    )
    .action(cocoEvalAction);
}

async function cocoEvalAction(options: CocoEvalOptions): Promise<void> {
  checkEvalOptions(options);
  await refuseOverwriting(evalOutputs(options), [options.gt, options.dt]);
  const dataset = await withProgress(options.gt, (onProgress) =>
    openDataset(options.gt, { onProgress, onNote: warn }),
  );
  const results = await withProgress(options.dt, (onProgress) =>
    readCocoResults(options.dt, dataset, { onProgress }),
  );
  await reportEvaluation(dataset, results, options);
}

/** Shows the progress of reading. */
async function withProgress<T>(
  path: string,
  read: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const progress = startProgress(`reading ${path}`, null, { unit: 'bytes' });
  try {
    return await read((done, total) => progress.update(done, total));
  } finally {
    progress.finish();
  }
}
