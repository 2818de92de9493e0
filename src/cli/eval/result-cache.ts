import { type FileHandle, open, rm } from 'node:fs/promises';
import { InputError, messageOf } from '../../core/errors.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { readIfThere } from '../../core/node/file-errors.ts';
import type { ResultEntry } from '../../predict/result-entry.ts';

/**
 * Results that survive an interruption. While they are made, those of each picture are a line of
 * `<path>.part`; once complete, they are written to `path` as an ordinary COCO results array, and the part is
 * deleted.
 */
export class ResultCache {
  /** Pictures with results, including those without any instances. */
  readonly done: Set<number>;
  readonly #path: string;
  readonly #part: FileHandle;

  private constructor(path: string, part: FileHandle, done: readonly number[]) {
    this.done = new Set(done);
    this.#path = path;
    this.#part = part;
  }

  /**
   * Continues the partial results of an earlier run, or starts new ones.
   * @param origin Describes the source of the results; a part with another origin is discarded.
   * @throws InputError if the part cannot be written.
   */
  static async open(path: string, origin: string): Promise<ResultCache> {
    const name = partOf(path);
    const lines = await completeLines(name);
    const goesOn = lines.length > 0 && lines[0] === headerOf(origin);
    const kept = goesOn ? lines : [headerOf(origin)];
    try {
      // Remove a line that was cut off when the process was killed.
      await writeAtomically(name, kept.map((line) => `${line}\n`).join(''));
      const done = kept.slice(1).map((line) => (JSON.parse(line) as PictureLine).image_id);
      return new ResultCache(path, await open(name, 'a'), done);
    } catch (error) {
      throw error instanceof InputError
        ? error
        : new InputError(name, `cannot be used (${messageOf(error)})`, { cause: error });
    }
  }

  async add(imageId: number, results: readonly ResultEntry[]): Promise<void> {
    await this.#part.appendFile(`${JSON.stringify({ image_id: imageId, results } satisfies PictureLine)}\n`);
    this.done.add(imageId);
  }

  /** Writes the results array and closes the cache. */
  async complete(): Promise<void> {
    await this.close();
    const lines = (await completeLines(partOf(this.#path))).slice(1);
    await writeAtomically(this.#path, async (file) => {
      let separator = '[\n';
      for (const line of lines) {
        for (const entry of (JSON.parse(line) as PictureLine).results) {
          await file.appendFile(separator + JSON.stringify(entry));
          separator = ',\n';
        }
      }
      await file.appendFile(separator === '[\n' ? '[]\n' : '\n]\n');
    });
    await rm(partOf(this.#path), { force: true });
  }

  async close(): Promise<void> {
    await this.#part.close();
  }
}

interface PictureLine {
  readonly image_id: number;
  readonly results: readonly ResultEntry[];
}

function partOf(path: string): string {
  return `${path}.part`;
}

function headerOf(origin: string): string {
  return JSON.stringify({ origin });
}

async function completeLines(path: string): Promise<string[]> {
  const text = (await readIfThere(path))?.toString('utf8') ?? '';
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}
