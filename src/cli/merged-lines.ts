import { plural } from '../core/plural.ts';
import type { MergedLine } from '../queue/merge.ts';
import { ReportedFailure } from './failure.ts';
import { note } from './output.ts';

/**
 * Passes on merged lines, and reports those of pictures that could not be predicted.
 * @returns Number of those pictures.
 */
export async function passLines(
  lines: AsyncIterable<MergedLine>,
  sink: (merged: MergedLine) => Promise<void>,
): Promise<number> {
  let failed = 0;
  for await (const merged of lines) {
    await sink(merged);
    if (!('error' in merged.record)) continue;
    failed++;
    note(`mask-rcnn: ${merged.record.error}`);
  }
  return failed;
}

/** @throws ReportedFailure, after a line that counts the pictures that could not be predicted, if there are any. */
export function endReported(failed: number, pictures: number): void {
  if (failed === 0) return;
  note(`mask-rcnn: ${failed} of ${plural(pictures, 'picture')} failed`);
  throw new ReportedFailure(`${failed} of ${pictures} failed`);
}
