import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Device } from '../../config/device.ts';
import { isPlainObject, merge } from '../../config/merge.ts';
import type { RunInput } from '../../config/training.ts';
import { defaultModel } from '../../core/default-model.ts';
import { UsageError } from '../../core/errors.ts';
import { makeFolder } from '../../core/node/make-folder.ts';
import { readJson } from '../../core/node/read-json.ts';
import { plural } from '../../core/plural.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import { writeCocoDataset } from '../../data/coco/write-coco.ts';
import { splitDataset } from '../../data/curate/split.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { runFiles } from '../../run/folder.ts';
import { type Metrics, metricNames } from '../../run/log/metric.ts';
import type { LoopOutcome } from '../../run/loop.ts';
import { refuseRunIn } from '../../run/run-lock.ts';
import { type TrainOptions, train } from '../../run/train.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { offlineOption } from '../options/model-argument.ts';
import { count, fraction } from '../options/option-values.ts';
import { addPlaneOptions } from '../options/plane-options.ts';
import { deviceOption } from '../options/prediction-options.ts';
import { note, print, writeJson } from '../terminal/output.ts';
import { onStopSignal } from '../terminal/process-guards.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';

interface TrainCommandOptions extends PlaneChoice {
  config?: string;
  data?: string;
  images?: string;
  valData?: string;
  valImages?: string;
  valSplit?: number;
  from?: string;
  arch?: string;
  backboneWeights?: string;
  minutes?: number;
  steps?: number;
  batch?: number;
  seed?: number;
  out: string;
  resume?: true;
  device?: Device;
  offline?: true;
  json?: true;
}

/** `mask-rcnn train`: trains a model on annotated pictures. */
export function trainCommand(): Command {
  const command = new Command('train')
    .summary('train a model on annotated pictures')
    .description(
      'Trains a model on a COCO data set and writes it, with checkpoints, metrics and a report, to a folder. ' +
        'Ctrl-C or SIGTERM saves the run; --resume continues it and ends with the same weights as an uninterrupted run.',
    )
    .requiredOption('-o, --out <folder>', 'folder of the run')
    .option('-c, --config <file>', 'the whole run as JSON; the options below override parts of it')
    .option('-d, --data <coco.json>', 'annotations of the training pictures')
    .option('-i, --images <dir>', 'folder of the training pictures')
    .option('--val-data <coco.json>', 'annotations to validate on, by average precision (FCN: mean IoU)')
    .option('--val-images <dir>', 'folder of the validation pictures (default: --images)')
    .addOption(
      new Option(
        '--val-split <0..1>',
        'instead of --val-data: this share of the pictures of --data, chosen by --seed with its share of every class; ' +
          'both parts are written to the output folder',
      )
        .argParser(fraction)
        .conflicts(['valData', 'valImages', 'resume']),
    )
    .option(
      '--from <model>',
      `model to start from: a file, or a name that \`mask-rcnn models\` lists (default: ${defaultModel})`,
    )
    .option(
      '--arch <name>',
      'architecture to train from scratch instead of --from; fcn_resnet50 and fcn_resnet101 too',
    )
    .option(
      '--backbone-weights <file>',
      'without --from: an image classifier (.pth) whose weights the backbone of --arch starts from',
    )
    .addOption(
      new Option('--minutes <n>', 'time that the run may take, unless --steps is set (default: 30)')
        .argParser(count)
        .conflicts('steps'),
    )
    .option(
      '--steps <n>',
      'number of weight updates (default: what suits the data set and fits --minutes)',
      count,
    )
    .option('--batch <n>', 'pictures per update (default: 4)', count)
    .option('--seed <n>', 'random seed (default: 1)', count)
    .option('--resume', 'resume the run in the output folder')
    .option('--json', 'print {"ending", "step", "best", "model"} at the end')
    .addOption(deviceOption())
    .addOption(offlineOption());
  return addPlaneOptions(command, { canTakeAll: false })
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn train --data cells.json --images pictures --from nuclei --out runs/cells
  mask-rcnn train --data land.json --images pictures --arch fcn_resnet50 --backbone-weights resnet50.pth --out runs/land
  mask-rcnn train --out runs/cells --resume`,
    )
    .action(trainAction);
}

async function trainAction(options: TrainCommandOptions): Promise<void> {
  let stopping = false;
  let restore = () => {};
  const display = new TrainingDisplay();
  try {
    if (!options.resume) {
      await refuseOverwriting(
        Object.values(runFiles).map((name) => ({ option: '--out', path: join(options.out, name) })),
        [options.config, options.data, options.valData, options.from, options.backboneWeights],
      );
    }
    const run = options.resume
      ? {}
      : { run: await withSplit(await runOf(options), options), source: options.config ?? 'the options' };
    const outcome = await train({
      ...run,
      out: options.out,
      resume: options.resume ?? false,
      device: options.device,
      offline: options.offline ?? false,
      shouldStop: () => stopping,
      ...display.listeners,
      onStart: (plan) => {
        // SIGTERM too: a process that exits while the native runtime computes may be aborted by it. Not before there is a
        // run to save, so that nothing can keep a signal from ending the process.
        restore = onStopSignal(() => {
          stopping = true;
          process.stderr.write('\nsaving the run; press Ctrl-C again to exit immediately\n');
        });
        display.listeners.onStart?.(plan);
      },
    });
    display.finish();
    const model = `${options.out}/${runFiles.best}`;
    if (options.json) await writeJson('-', { ...outcome, model });
    else if (outcome.ending === 'stopped') {
      await print(
        `saved at step ${outcome.step}; resume with: mask-rcnn train --out ${options.out} --resume`,
      );
    } else await print(`${model}: trained for ${plural(outcome.step, 'step')}${describeBest(outcome.best)}`);
  } finally {
    display.finish();
    restore();
  }
}

function describeBest(best: LoopOutcome['best']): string {
  return best ? `, best ${best.measure} ${best.value.toFixed(3)} at step ${best.step}` : '';
}

/** The run described by the config file and the options together. */
async function runOf(options: TrainCommandOptions): Promise<RunInput> {
  const { data, images, valData, valImages, page, channel, from, arch, backboneWeights } = options;
  const base = options.config === undefined ? {} : await readJson(options.config);
  if (options.config === undefined && (data === undefined || images === undefined)) {
    throw new UsageError('train: specify --data and --images, --config, or --resume');
  }
  const plane = { page, channel };
  const set = { data, images, ...plane };
  const validates = isPlainObject(base) && isPlainObject(base.validation);
  const run = merge(base, {
    ...(Object.values(set).every((value) => value === undefined) ? {} : { train: set }),
    ...(valData === undefined
      ? validates && { validation: plane }
      : { validation: { data: valData, images: valImages ?? images, ...plane } }),
    from,
    architecture: arch,
    backboneWeights,
    training: trainingOf(options),
  });
  // `train` checks it, and names what is wrong.
  return run as RunInput;
}

/** The run with the parts of its data set that `--val-split` asks for. */
async function withSplit(run: RunInput, { valSplit, out }: TrainCommandOptions): Promise<RunInput> {
  if (valSplit === undefined) return run;
  if (valSplit === 0 || valSplit === 1)
    throw new UsageError('--val-split: expected a number between 0 and 1');
  refuseRunIn(out);
  const dataset = await readCocoDataset(run.train.data);
  const seed = run.training?.seed ?? 1;
  const { train, val } = splitDataset(dataset, { parts: { train: 1 - valSplit, val: valSplit }, seed });
  await makeFolder(out);
  const [trainPath, valPath] = [runFiles.trainingData, runFiles.validationData].map((name) =>
    join(out, name),
  );
  await writeCocoDataset(trainPath, train);
  await writeCocoDataset(valPath, val);
  note(
    `${trainPath}: ${plural(train.images.length, 'picture')}; ${valPath}: ${plural(val.images.length, 'picture')}`,
  );
  return { ...run, train: { ...run.train, data: trainPath }, validation: { ...run.train, data: valPath } };
}

/** The training that the options describe. */
function trainingOf({ minutes, steps, batch, seed }: TrainCommandOptions) {
  // Two passes of half of the pictures can be computed in parallel.
  const accumulate = batch === undefined ? undefined : 2 - (batch % 2);
  const batchSize = batch === undefined || accumulate === undefined ? undefined : batch / accumulate;
  const noSteps = minutes === undefined ? undefined : null;
  return { minutes, steps: steps ?? noSteps, batchSize, accumulate, seed };
}

/** Number of metric lines that a run prints on stderr in addition to the bar. */
const metricLines = 40;

/** Shows a run on stderr: a bar with the remaining time, and its losses at intervals. */
class TrainingDisplay {
  #progress: Progress | null = null;
  #every = 1;

  readonly listeners: Pick<TrainOptions, 'onStart' | 'onMetrics' | 'onNote'> = {
    onStart: ({ steps, done, pictures, picturesPerStep }) => {
      const size = plural(picturesPerStep, 'picture');
      note(`training on ${plural(pictures, 'picture')}, ${plural(steps, 'step')} of ${size}`);
      this.#every = Math.max(1, Math.round(steps / metricLines));
      this.#progress = startProgress('training', steps - done);
    },
    onMetrics: (metrics) => this.#show(metrics),
    onNote: (line) => this.#note(`note: ${line}`),
  };

  finish(): void {
    this.#progress?.finish();
  }

  #show({ step, values }: Metrics): void {
    const validation = Object.entries(values).filter(([name]) => name.startsWith(metricNames.validation));
    if (validation.length > 0) {
      const metrics = validation.map(
        ([name, value]) => `${name.slice(metricNames.validation.length)} ${value.toFixed(3)}`,
      );
      this.#note(`step ${step + 1}: ${metrics.join(', ')}`);
      return;
    }
    this.#progress?.advance();
    if ((step + 1) % this.#every === 0) this.#note(metricsOf(step, values));
  }

  #note(line: string): void {
    if (this.#progress) this.#progress.note(line);
    else note(line);
  }
}

function metricsOf(step: number, values: Metrics['values']): string {
  const { losses, totalLoss, picturesPerSecond } = metricNames;
  const parts = Object.entries(values)
    .filter(([name]) => name.startsWith(losses) && name !== totalLoss)
    .map(([name, value]) => `${name.slice(losses.length)} ${value.toFixed(3)}`);
  const speed = `${values[picturesPerSecond].toFixed(2)} pictures/s`;
  return `step ${step + 1}: loss ${values[totalLoss].toFixed(3)} (${parts.join(', ')}), ${speed}`;
}
