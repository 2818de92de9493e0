import type { MergedLine } from '../../queue/merge.ts';
import type { LimitNote } from '../terminal/limit-note.ts';
import { note } from '../terminal/output.ts';

/**
 * Passes on merged lines, and reports those of pictures that could not be predicted, and at the end the limit of instances.
 * @returns Number of those pictures.
 */
export async function passLines(
  lines: AsyncIterable<MergedLine>,
  limit: LimitNote,
  sink: (merged: MergedLine) => Promise<void>,
): Promise<number> {
  let failed = 0;
  for await (const merged of lines) {
    await sink(merged);
    const { record } = merged;
    if ('error' in record) {
      failed++;
      note(`mask-rcnn: ${record.error}`);
    } else limit.count(record.file_name, { omitted: record.omitted ?? 0 });
  }
  limit.show();
  return failed;
}
