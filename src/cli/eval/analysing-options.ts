import { UsageError } from '../../core/errors.ts';
import type { EvalOptions } from './eval-options.ts';

/** The options that need an analysis of errors, as the user gave them. */
export function analysingOptions({ report, compare, writeThreshold }: EvalOptions): string[] {
  return [
    ...(report === undefined ? [] : ['--report']),
    ...(compare === undefined ? [] : ['--compare']),
    ...(writeThreshold ? ['--write-threshold'] : []),
  ];
}

/** @throws UsageError where an analysis is requested of what it cannot analyse. */
export function checkAnalysingOptions(options: EvalOptions): void {
  const [first] = analysingOptions(options);
  if (first === undefined) return;
  if (options.metric === 'nuclei') throw new UsageError(`${first} needs --metric coco`);
  if (options.type === 'keypoints') {
    throw new UsageError(`${first} compares masks or boxes: use --type segm or --type bbox`);
  }
}
