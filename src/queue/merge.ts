import { InputError } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { plural } from '../core/plural.ts';
import type { ResultLine } from '../predict/result-line.ts';
import { resultFolders, type Span, spanOf } from './chunk-results.ts';
import type { ResultStore } from './result-store.ts';
import { readRunFile } from './run-file.ts';

/** A file of results of consecutive pictures. */
export interface ResultPart extends Span {
  /** For messages. */
  readonly source: string;
  /** A line for each picture, without line breaks. */
  lines(): AsyncIterable<string>;
  /** Whether lines were added one by one, so that the last ones are missing after an interruption. */
  readonly grows?: boolean;
}

/** The results of a run, in parts. */
export interface PartedResults {
  /** For messages. */
  readonly source: string;
  /** Pictures of the run. */
  readonly pictures: number;
  /** Maximum number of instances per picture; absent where that is not known. */
  readonly limit?: number | undefined;
  /** By ascending start, the longest first. */
  readonly parts: AsyncIterable<ResultPart>;
}

/** The record of a picture, and the line that holds it. */
export interface MergedLine {
  readonly line: string;
  readonly record: ResultLine;
}

/**
 * The results that workers have written.
 * @throws InputError where the store has no run, or its pictures are not all listed yet.
 */
export async function storedResults(store: ResultStore): Promise<PartedResults> {
  const file = await readRunFile(store);
  if (file === null) throw new InputError(store.shown, 'has no run.json; expected the --out of a submit');
  if (file.pictures === null) {
    throw new InputError(store.shown, 'the pictures are not all listed yet; run the same submit again');
  }
  const { pictures, limit } = file;
  return { source: store.shown, pictures, limit, parts: storedParts(store) };
}

async function* storedParts(store: ResultStore): AsyncGenerator<ResultPart> {
  for (const folder of await resultFolders(store)) {
    const files = (await store.filesIn(folder)).flatMap((name) => {
      const span = spanOf(name);
      return span ? [{ ...span, name: `${folder}/${name}` }] : [];
    });
    files.sort((a, b) => a.start - b.start || b.count - a.count);
    for (const { start, count, name } of files) {
      yield { source: `${store.shown}/${name}`, start, count, lines: () => linesOf(store, name) };
    }
  }
}

async function* linesOf(store: ResultStore, name: string): AsyncGenerator<string> {
  yield* ((await store.read(name)) ?? '').split('\n').slice(0, -1);
}

/**
 * The records of all pictures, each once, in their order. Where parts overlap, since a chunk was divided while a slow
 * worker finished it, the records are equal and the longer part is taken.
 * @param onGap Called with the number of missing pictures and the first of them; default: throws.
 * @throws InputError where pictures are missing or a part is damaged.
 */
export async function* mergeResults(
  results: PartedResults,
  onGap?: (missing: number, first: number) => void,
): AsyncGenerator<MergedLine> {
  let next = 0;
  let missing = 0;
  let first = 0;
  let interrupted: { part: ResultPart; done: number } | undefined;
  const gap = (from: number, to: number) => {
    if (missing === 0) first = from;
    missing += to - from;
  };
  for await (const part of results.parts) {
    const end = part.start + part.count;
    if (end <= next) continue;
    if (part.start > next) gap(next, part.start);
    // Without `onGap` the rest is only counted.
    const reached = missing === 0 || onGap ? yield* recordsFrom(part, Math.max(next, part.start)) : end;
    if (reached < end) interrupted ??= { part, done: reached - part.start };
    next = Math.max(next, reached);
  }
  if (next > results.pictures)
    throw new InputError(
      results.source,
      `has the results of more than ${plural(results.pictures, 'picture')}`,
    );
  if (next < results.pictures) gap(next, results.pictures);
  if (missing === 0) return;
  if (onGap) return onGap(missing, first);
  if (interrupted) {
    const { part, done } = interrupted;
    throw interruptedPart(part.source, `after ${done} of ${plural(part.count, 'picture')}`);
  }
  const what = `${missing} of ${plural(results.pictures, 'picture')} are missing, the first at position ${first}`;
  throw new InputError(results.source, `${what}; wait for the workers, or merge the others with --partial`);
}

/** @param when Such as `after 2 of 4 pictures`. */
export function interruptedPart(source: string, when: string): InputError {
  return new InputError(
    source,
    `was interrupted ${when}; run its predict again with --resume, or merge what is done with --partial`,
  );
}

/** @returns The position after the last record. */
async function* recordsFrom(part: ResultPart, from: number): AsyncGenerator<MergedLine, number> {
  let position = part.start;
  for await (const line of part.lines()) {
    if (position >= from) yield { line, record: recordOf(part, position, line) };
    position++;
  }
  const end = part.start + part.count;
  if (position > end || (position < end && !part.grows)) {
    const found = `has ${plural(position - part.start, 'line')}`;
    throw new InputError(part.source, `${found}, expected one for each of ${plural(part.count, 'picture')}`);
  }
  return position;
}

function recordOf({ source }: ResultPart, position: number, line: string): ResultLine {
  const record = parseJson(source, line) as Partial<ResultLine> | null;
  if (record?.image_id !== position || typeof record.file_name !== 'string') {
    throw new InputError(source, `has no record of the picture at position ${position} where it is expected`);
  }
  return record as ResultLine;
}
