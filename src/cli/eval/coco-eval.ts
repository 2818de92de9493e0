import { Command } from 'commander';
import { openDataset } from '../../data/coco/open-dataset.ts';
import { readCocoResults } from '../../data/coco/results.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { EvalThreads } from '../../score/eval-threads.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import { nameBeside } from '../terminal/format.ts';
import { warn } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { addEvalOptions, type EvalOptions, evalOutputs } from './eval-options.ts';
import { checkEvalOptions, reportEvaluation } from './eval-report.ts';

interface CocoEvalOptions extends EvalOptions, PlaneChoice {
  gt: string;
  dt: string;
  images?: string;
}

/** `mask-rcnn coco-eval`: scores a results file from any source. */
export function cocoEvalCommand(): Command {
  const command = new Command('coco-eval')
    .summary('score a COCO results file')
    .description(
      "Scores COCO results against their ground truth. The results are exactly those of COCO's own evaluator.",
    )
    .requiredOption('--gt <coco.json>', 'ground truth')
    .requiredOption('--dt <results.json>', 'results: [{"image_id", "category_id", "score", …}, …]')
    .option('-i, --images <dir>', 'folder of the pictures, which the report shows')
    .option('--compare <results.json>', 'results of a second model on the same pictures, to compare with');
  return addPlaneOptions(addEvalOptions(command), { canTakeAll: false })
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn coco-eval --gt instances_val2017.json --dt results.json --type segm --per-class
  mask-rcnn coco-eval --gt nuclei.json --dt results.json --metric nuclei --json -
  mask-rcnn coco-eval --gt val.json --dt old.json --compare new.json --images pictures --report report.html`,
    )
    .action(cocoEvalAction);
}

async function cocoEvalAction(options: CocoEvalOptions): Promise<void> {
  checkEvalOptions(options);
  await refuseOverwriting(evalOutputs(options), [options.gt, options.dt, options.compare]);
  const threads = EvalThreads.forResults(options.dt);
  try {
    await evaluateFiles(options, threads);
  } finally {
    await threads?.close();
  }
}

async function evaluateFiles(options: CocoEvalOptions, threads: EvalThreads | null): Promise<void> {
  const { dt, compare, score, images, page, channel } = options;
  const finishReading = threads?.startReading(dt);
  const dataset = await reading(options.gt, (onProgress) =>
    openDataset(options.gt, { onProgress, onNote: warn }),
  );
  const read = (path: string) =>
    reading(path, (onProgress) =>
      finishReading && path === dt
        ? finishReading(dataset, { onProgress })
        : readCocoResults(path, dataset, { onProgress }),
    );
  const pictures = images === undefined ? undefined : { folder: images, page, channel };
  const named = async (path: string, other: string | undefined) => ({
    results: await read(path),
    name: nameBeside(path, other),
    score,
  });
  await reportEvaluation(
    dataset,
    {
      ...(await named(dt, compare)),
      pictures,
      ...(compare !== undefined && { compare: await named(compare, dt) }),
    },
    options,
    threads,
  );
}

function reading<T>(
  path: string,
  read: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  return withProgress(`reading ${path}`, { unit: 'bytes' }, (progress) =>
    read((done, total) => progress.update(done, total)),
  );
}
