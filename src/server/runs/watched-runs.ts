import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMetricsLines, parseRunPlan, type RunPlan, runFiles } from '../../run/folder.ts';
import { Problem } from '../api/problem.ts';
import type { RunMetricsBody, RunsBody } from '../api/runs-schemas.ts';

/** Maximum number of bytes read from a metrics file at once; clients continue immediately if there is more. */
const maxPartBytes = 512 * 1024;

/** Valid names of runs. A name cannot lead out of the folder, and hidden folders are not served. */
const plainName = /^[\p{L}\p{N}_][\p{L}\p{N}_.\- ]{0,127}$/u;

/** The training runs in a folder: its subfolders with a `metrics.jsonl`. Symbolic links are not followed. */
export class WatchedRuns {
  readonly #folder: string;

  /** @param folder The parent folder of the runs' folders. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Lists the runs, most recently modified first. */
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
   * Reads complete lines of a run's metrics.
   * @param from Offset in bytes: 0, or `next` of an earlier result.
   * @param version `version` of that result. If the file has been rewritten since, as by a resume, it is read from the
   *   start.
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
    const length = Math.min(file.size - start, maxPartBytes);
    const part = await readPart(join(this.#folder, name, runFiles.metrics), start, length);
    const lines = part.subarray(0, part.lastIndexOf(0x0a) + 1);
    return {
      version: current,
      from: start,
      next: start + lines.length,
      more: start + part.length < file.size && lines.length > 0,
      metrics: parseMetricsLines(lines.toString('utf8')),
      plan: await this.#plan(name),
    };
  }

  async #statMetrics(name: string) {
    const folder = await lstat(join(this.#folder, name)).catch(() => null);
    if (!folder?.isDirectory()) return null;
    const file = await lstat(join(this.#folder, name, runFiles.metrics)).catch(() => null);
    return file?.isFile() ? file : null;
  }

  /** Null if the run has no readable plan, which is only needed for the time remaining. */
  async #plan(name: string): Promise<RunPlan | null> {
    const path = join(this.#folder, name, runFiles.plan);
    const file = await lstat(path).catch(() => null);
    if (!file?.isFile() || file.size > maxPartBytes) return null;
    const text = await readFile(path, 'utf8').catch(() => '');
    return parseRunPlan(text);
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
