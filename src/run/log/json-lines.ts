import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { openAppended } from './appended-file.ts';
import type { Metrics } from './metric.ts';

export interface JsonLines {
  /** What the file held for steps before the first of this run. */
  readonly earlier: readonly Metrics[];
  write(metrics: Metrics): Promise<void>;
  close(): Promise<void>;
}

/** Opens `metrics.jsonl`, one object a line: `{"step": 7, "loss/mask": 0.31, …}`. Lines of later steps are dropped. */
export async function openJsonLines(folder: string, fromStep: number): Promise<JsonLines> {
  const path = join(folder, 'metrics.jsonl');
  const earlier = (await readLines(path)).filter(({ step }) => step < fromStep);
  await writeAtomically(path, earlier.map(toLine).join(''));
  const file = await openAppended(path);
  return {
    earlier,
    write: (metrics) => file.append(toLine(metrics)),
    close: () => file.close(),
  };
}

function toLine({ step, values }: Metrics): string {
  return `${JSON.stringify({ step, ...values })}\n`;
}

async function readLines(path: string): Promise<Metrics[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // The first run of the folder has no log yet; one that cannot be read cannot be written either, which is reported.
    return [];
  }
  return text.split('\n').flatMap(parseLine);
}

/** Nothing for a line that a killed run left unfinished. */
function parseLine(line: string): Metrics[] {
  try {
    const { step, ...values } = JSON.parse(line) as { step: number } & Record<string, number>;
    return [{ step, values }];
  } catch {
    return [];
  }
}
