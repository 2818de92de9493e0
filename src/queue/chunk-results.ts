import { parseJson } from '../core/parse-json.ts';
import type { ResultLine } from '../predict/result-line.ts';
import { type Chunk, maxChunkPictures } from './chunk.ts';
import { RefusedJob } from './refused-job.ts';
import type { ResultStore } from './result-store.ts';

/** Consecutive positions of pictures, from 0. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** Positions per folder, so that none has very many files. */
const folderSpan = 100_000;

const root = 'chunks';

/** The folder of the results of a position. */
export function folderOf(position: number): string {
  return `${root}/${String(Math.floor(position / folderSpan)).padStart(8, '0')}`;
}

/** The file of a chunk's results, within its folder. */
export function fileOf({ start, count }: Span): string {
  return `${String(start).padStart(12, '0')}-${count}.ndjson`;
}

/** The positions that a file has; null for a file of another kind. */
export function spanOf(name: string): Span | null {
  const match = /^(\d{12})-(\d+)\.ndjson$/.exec(name);
  return match && { start: Number(match[1]), count: Number(match[2]) };
}

/** The folders that have results, in the order of their positions. */
export async function resultFolders(store: ResultStore): Promise<string[]> {
  const names = await store.foldersIn(root);
  return names
    .filter((name) => /^\d{8}$/.test(name))
    .sort()
    .map((name) => `${root}/${name}`);
}

/** Looks up whether a store has the results of all pictures of a chunk, in files of whichever chunks. */
export function coverageOf(
  store: Pick<ResultStore, 'filesIn'>,
): (chunk: Pick<Chunk, 'start' | 'pictures'>) => Promise<boolean> {
  /** By number of the folder: a byte for each position from its first, 1 where it has results. */
  const folders = new Map<number, Uint8Array>();
  const load = async (number: number): Promise<Uint8Array> => {
    const known = folders.get(number);
    if (known) return known;
    const first = number * folderSpan;
    const covered = new Uint8Array(folderSpan + maxChunkPictures);
    if (first >= 0) {
      for (const name of await store.filesIn(folderOf(first))) {
        const span = spanOf(name);
        if (span && span.start >= first) covered.fill(1, span.start - first, span.start - first + span.count);
      }
    }
    for (const old of folders.keys()) if (old < number - 2) folders.delete(old);
    folders.set(number, covered);
    return covered;
  };
  return async ({ start, pictures }) => {
    for (let position = start; position < start + pictures.length; position++) {
      const number = Math.floor(position / folderSpan);
      const own = folders.get(number) ?? (await load(number));
      // The last chunk of a folder may reach into the next one.
      const before = folders.get(number - 1) ?? (await load(number - 1));
      const at = position - number * folderSpan;
      if (own[at] === 0 && !before[at + folderSpan]) return false;
    }
    return true;
  };
}

/** Of the pictures of a chunk: which positions have an error instead of a prediction. */
export interface ChunkOutcome extends Span {
  readonly failed: readonly number[];
}

/** What a worker has written of a chunk. */
export interface KnownOutcome extends ChunkOutcome {
  /** With their line breaks, in the order of the pictures. */
  readonly lines: readonly string[];
}

/**
 * The outcome of a chunk that a worker has already written; null where there is none.
 * @throws RefusedJob where the file has other pictures, because the list of pictures has changed.
 */
export async function readOutcome(store: ResultStore, chunk: Chunk): Promise<KnownOutcome | null> {
  const { start, pictures } = chunk;
  const span = { start, count: pictures.length };
  const name = `${folderOf(start)}/${fileOf(span)}`;
  const content = await store.read(name);
  if (content === null) return null;
  const lines = content.trimEnd().split('\n');
  const records = lines.map((line) => parseJson(`${store.shown}/${name}`, line) as ResultLine);
  if (records.length !== pictures.length || records.some(({ file_name }, i) => file_name !== pictures[i])) {
    throw new RefusedJob(
      `${store.shown}: ${name} has the results of other pictures, so their list has changed; choose another --out`,
    );
  }
  const failed = records.flatMap((record, i) => ('error' in record ? [start + i] : []));
  return { ...span, failed, lines: lines.map((line) => `${line}\n`) };
}

/** Writes the lines of a chunk. */
export async function writeOutcome(
  store: ResultStore,
  { start }: Chunk,
  lines: readonly string[],
): Promise<void> {
  const name = `${folderOf(start)}/${fileOf({ start, count: lines.length })}`;
  await store.write(name, lines.join(''));
}
