import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../http/problem.ts';
import { type RunMetricsBody, type RunPlanBody, type RunsBody, runPlanSchema } from './runs-schemas.ts';

/** Bytes of the log in one answer; who follows a run asks again at once while there is more. */
const longestPart = 512 * 1024;

/** Names of folders that can be asked for: no path leads elsewhere, and nothing hidden is shown. */
const plainName = /^[\p{L}\p{N}_][\p{L}\p{N}_.\- ]{0,127}$/u;

const metricsFile = 'metrics.jsonl';
const planFile = 'run.json';

/** The training runs in a folder: each a folder with a `metrics.jsonl`. Links are not followed. */
export class RunFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The runs, the one that was written to last first. */
  async list(): Promise<RunsBody['runs']> {
    const entries = await readdir(this.#folder, { withFileTypes: true });
    const named = entries.filter((entry) => entry.isDirectory() && plainName.test(entry.name));
    const runs = await Promise.all(
      named.map(async ({ name }) => {
        const file = await this.#statMetrics(name);
        return file ? [{ name, modified: file.mtime.toISOString(), bytes: file.size }] : [];
      }),
    );
    return runs.flat().sort((a, b) => b.modified.localeCompare(a.modified));
  }

  /**
   * Whole lines of a run's log from a place on.
   * @param from In bytes; a place that an earlier answer gave.
   * @param version Of that answer: a run that was resumed has written its log anew, and is told from the beginning.
   * @throws Problem `unknown-run`.
   */
  async read(
    name: string,
    { from, version }: { from: number; version?: string | undefined },
  ): Promise<RunMetricsBody> {
    const file = plainName.test(name) ? await this.#statMetrics(name) : null;
    if (!file) throw new Problem('unknown-run', `there is no run ${name}`);
    const current = `${file.ino.toString(36)}-${Math.round(file.birthtimeMs).toString(36)}`;
    const start = version === current && from <= file.size ? from : 0;
    const length = Math.min(file.size - start, longestPart);
    const text = await readPart(join(this.#folder, name, metricsFile), start, length);
    const whole = text.subarray(0, text.lastIndexOf(0x0a) + 1);
    return {
      version: current,
      from: start,
      next: start + whole.length,
      more: start + text.length < file.size && whole.length > 0,
      metrics: whole.toString('utf8').split('\n').flatMap(parseLine),
      plan: await this.#plan(name),
    };
  }

  async #statMetrics(name: string) {
    const folder = await lstat(join(this.#folder, name)).catch(() => null);
    if (!folder?.isDirectory()) return null;
    const file = await lstat(join(this.#folder, name, metricsFile)).catch(() => null);
    return file?.isFile() ? file : null;
  }

  /** Null for a run of an earlier version, which has none. */
  async #plan(name: string): Promise<RunPlanBody | null> {
    const path = join(this.#folder, name, planFile);
    const file = await lstat(path).catch(() => null);
    if (!file?.isFile() || file.size > longestPart) return null;
    try {
      return runPlanSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      // It tells the time that is left and nothing else; a run without it can be followed as well.
      return null;
    }
  }
}

async function readPart(path: string, start: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The numbers of a line; nothing for one that a killed run left torn. */
function parseLine(line: string): RunMetricsBody['metrics'] {
  try {
    const { step, ...rest } = JSON.parse(line) as Record<string, unknown>;
    if (typeof step !== 'number') return [];
    const numbers = Object.entries(rest).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    return [{ step, ...Object.fromEntries(numbers) }];
  } catch {
    return [];
  }
}
