import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { parseMetricsLines, runFiles } from '../folder.ts';
import { openAppended } from './appended-file.ts';
import type { Metrics } from './metric.ts';

export interface JsonLines {
  /** The metrics that the file already held, up to the first step of this run. */
  readonly earlier: readonly Metrics[];
  write(metrics: Metrics): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `metrics.jsonl` in a run's folder for appending, one `MetricsLine` at a time.
 * @param fromStep Lines of this step and later ones are removed.
 * @throws InputError if the file cannot be written.
 */
export async function openJsonLines(folder: string, fromStep: number): Promise<JsonLines> {
  const path = join(folder, runFiles.metrics);
  const earlier = (await readMetrics(path)).filter(({ step }) => step < fromStep);
  await writeAtomically(path, earlier.map(formatLine).join(''));
  const file = await openAppended(path);
  return {
    earlier,
    write: (metrics) => file.append(formatLine(metrics)),
    close: () => file.close(),
  };
}

function formatLine({ step, values }: Metrics): string {
  return `${JSON.stringify({ step, ...values })}\n`;
}

async function readMetrics(path: string): Promise<Metrics[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // A new run has no log yet. A file that cannot be read cannot be written either, and that error is reported.
    return [];
  }
  return parseMetricsLines(text).map(({ step, ...values }) => ({ step, values }));
}
