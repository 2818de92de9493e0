import type { MergedLine } from '../queue/merge.ts';
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
