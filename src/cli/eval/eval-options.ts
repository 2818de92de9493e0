import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AreaRange, allAreas, type EvalType, endOfAreas, evalTypes } from '../../eval/params.ts';
import type { ParamOverrides } from '../../score/coco-evaluator.ts';
import { type Language, languages } from '../../vis/report/text.ts';
import { fraction, number, numbers } from '../options/option-values.ts';

/** The options for what to evaluate and how to show it, shared by `coco-eval` and `eval`. */
export interface EvalOptions {
  type: EvalType;
  metric: 'coco' | 'nuclei';
  iouThresholds?: number[];
  maxDets?: number[];
  areas?: AreaRange[];
  sigmas?: number[];
  score?: number;
  perClass?: true;
  arrays?: true;
  json?: string;
  plot?: string;
  report?: string;
  lang: Language;
  /** Results file or, for `eval`, model of the second of two models. */
  compare?: string;
  /** `eval` only. */
  writeThreshold?: true;
}

/** Adds the shared options to a command. */
export function addEvalOptions(command: Command): Command {
  return command
    .addOption(new Option('-t, --type <type>', 'what to evaluate').choices(evalTypes).default('segm'))
    .addOption(
      new Option('--metric <metric>', "COCO's metrics, or TP/(TP+FP+FN) as used for nucleus segmentation")
        .choices(['coco', 'nuclei'])
        .default('coco'),
    )
    .option('--iou-thresholds <list>', '0.5,0.75 or start:end:step (default: 0.5:0.95:0.05)', numbersOrRange)
    .option(
      '--max-dets <list>',
      'maximum detections per picture and class (default: 1,10,100; keypoints: 20)',
      numbers,
    )
    .option('--areas <list>', "name=min:max in pixels, … (default: COCO's small, medium, large)", areaRanges)
    .option(
      '--sigmas <list>',
      "keypoints: deviation of each keypoint (default: COCO's 17; their mean for other keypoints)",
      numbers,
    )
    .option(
      '--score <0..1>',
      'nuclei, --report: minimum score (default: with a model, its own threshold; else 0.5)',
      fraction,
    )
    .option('--per-class', 'print a row for each class')
    .option('--arrays', 'add the precision, recall and score arrays to the JSON')
    .option('-j, --json <file>', "write the metrics as JSON; '-' for stdout, instead of the table")
    .option('--plot <file>', 'draw precision over recall and AP of each class (.svg or .png)')
    .option(
      '--report <file.html>',
      'write an error report: what each kind of error costs, confused classes, thresholds, the worst pictures',
    )
    .addOption(
      new Option('-l, --lang <language>', 'language of the report')
        .choices(Object.keys(languages))
        .default('en'),
    );
}

/** The files that the shared options write. */
export function evalOutputs({ json, plot, report }: EvalOptions) {
  return [
    { option: '--report', path: report },
    { option: '--json', path: json },
    { option: '--plot', path: plot },
  ];
}

/** The evaluation parameters that the options set. */
export function overridesOf(options: EvalOptions): ParamOverrides {
  return {
    ...(options.iouThresholds && { iouThresholds: options.iouThresholds }),
    ...(options.maxDets && { maxDetections: options.maxDets }),
    ...(options.areas && { areas: options.areas }),
    ...(options.sigmas && { sigmas: options.sigmas }),
  };
}

function numbersOrRange(text: string): number[] {
  const parts = text.split(':');
  if (parts.length === 1) return numbers(text);
  if (parts.length !== 3) throw new InvalidArgumentError('Expected a list 0.5,0.75 or start:end:step.');
  const [start, end, step] = parts.map(number);
  const count = Math.round((end - start) / step) + 1;
  if (!(step > 0 && count >= 1 && count <= 1000))
    throw new InvalidArgumentError('Expected start ≤ end, step > 0.');
  const exact = count === 1 ? 0 : (end - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? end : start + i * exact));
}

/** The first range stands for all objects; if the list has none named "all", it is prepended. */
function areaRanges(text: string): AreaRange[] {
  const ranges = text.split(',').map((part) => {
    const match = /^([^=]+)=([^:]+):(.+)$/.exec(part.trim());
    if (match === null) throw new InvalidArgumentError(`Expected name=min:max, got "${part}".`);
    const max = match[3] === 'inf' ? endOfAreas : number(match[3]);
    return { name: match[1], min: number(match[2]), max };
  });
  const all = ranges.find(({ name }) => name === allAreas.name) ?? allAreas;
  return [all, ...ranges.filter(({ name }) => name !== allAreas.name)];
}
