import type { FileHandle } from 'node:fs/promises';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { printableJson } from '../../core/printable.ts';
import type { ResultEntry } from '../../predict/result-entry.ts';
import { writeText } from '../terminal/output.ts';

/** Receives the entries of one picture after another. */
export type ResultSink = (entries: readonly ResultEntry[]) => Promise<void>;

/**
 * Streams a COCO results array, so that it never has to fit into memory.
 * @param target A file, which appears once `produce` is done, or `-` for stdout.
 */
export async function writeResults(
  target: string,
  produce: (sink: ResultSink) => Promise<void>,
): Promise<void> {
  if (target === '-') return writeArray((text) => writeText('-', text), produce);
  await writeAtomically(target, (file: FileHandle) =>
    writeArray(async (text) => void (await file.appendFile(text)), produce),
  );
}

async function writeArray(
  write: (text: string) => Promise<void>,
  produce: (sink: ResultSink) => Promise<void>,
): Promise<void> {
  let separator = '[\n';
  await produce(async (entries) => {
    if (entries.length === 0) return;
    await write(separator + entries.map((entry) => printableJson(entry)).join(',\n'));
    separator = ',\n';
  });
  await write(separator === '[\n' ? '[]\n' : '\n]\n');
}
