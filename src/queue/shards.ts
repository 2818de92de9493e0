import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parseWith } from '../config/parse.ts';
import { eachOf } from '../core/each-of.ts';
import { InputError, UsageError } from '../core/errors.ts';
import { isSystemError, unreadable } from '../core/node/file-errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { differentOption } from '../predict/changing-options.ts';
import type { Span } from './chunk-results.ts';
import { interruptedPart, type PartedResults, type ResultPart } from './merge.ts';

/** One of several equal parts of a list of pictures. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** Reads `3/16`. @throws UsageError for another text. */
export function parseShard(text: string): Shard {
  const match = /^([1-9]\d{0,6})\/([1-9]\d{0,6})$/.exec(text);
  const [index, of] = match ? [Number(match[1]), Number(match[2])] : [1, 0];
  if (index > of) throw new UsageError(`--shard ${text}: expected a part and their number, such as 3/16`);
  return { index, of };
}

/** The pictures of a shard: consecutive, and of all shards together each once. */
export function shardSpan({ index, of }: Shard, pictures: number): Span {
  const start = Math.floor(((index - 1) * pictures) / of);
  return { start, count: Math.floor((index * pictures) / of) - start };
}

const headerSchema = z.strictObject({
  /** `3/16` */
  shard: z.string(),
  start: z.int().nonnegative(),
  count: z.int().nonnegative(),
  /** Of all shards. */
  pictures: z.int().nonnegative(),
  model: z.string(),
  /** `listHash` of all pictures. Absent in older files, like the options. */
  list: z.string().optional(),
  /** Those that change results, as the user gave them. */
  options: z.record(z.string(), z.unknown()).optional(),
});

/** The first line of a shard's results. */
export type ShardHeader = z.infer<typeof headerSchema>;

/** @param origin What all shards of a run have in common besides. */
export function shardHeader(
  shard: Shard,
  pictures: number,
  model: string,
  origin: Pick<ShardHeader, 'list' | 'options'> = {},
): ShardHeader {
  return { shard: `${shard.index}/${shard.of}`, ...shardSpan(shard, pictures), pictures, model, ...origin };
}

/** Tells lists of pictures apart: 16 hexadecimal digits of the SHA-256 of their paths and pages, in their order. */
export function listHash(pictures: readonly { readonly path: string; readonly page?: number | undefined }[]) {
  const hash = createHash('sha256');
  for (const { path, page } of pictures) hash.update(`${JSON.stringify([path, page ?? null])}\n`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * The results of `predict --shard` in files.
 * @param partial Whether files that were interrupted before their first line was complete are left out.
 * @throws InputError where a file is not one, or they are not of one list of pictures, one model and the same options.
 */
export async function shardResults(given: readonly string[], partial = false): Promise<PartedResults> {
  const begun: string[] = [];
  const headers: ShardHeader[] = [];
  for (const file of given) {
    const header = await readHeader(file);
    if (header === null) {
      if (partial) continue;
      throw interruptedPart(file, 'before its first picture');
    }
    begun.push(file);
    headers.push(header);
  }
  if (headers.length === 0) throw interruptedPart(given[0], 'before its first picture');
  requireOneRun(begun, headers);
  const [{ pictures }] = headers;
  const parts = headers.map(({ start, count }, i): ResultPart => {
    return { source: begun[i], start, count, lines: () => linesAfterHeader(begun[i]), grows: true };
  });
  parts.sort((a, b) => a.start - b.start || b.count - a.count);
  return { source: given.length === 1 ? given[0] : 'the shards', pictures, parts: eachOf(parts) };
}

/** @throws InputError that names a file of another run, and what differs. */
function requireOneRun(files: readonly string[], headers: readonly ShardHeader[]): void {
  const [{ pictures, model }] = headers;
  for (const [i, header] of headers.entries()) {
    if (header.pictures === pictures && header.model === model) continue;
    const other = `${header.pictures} pictures and the model ${header.model}`;
    throw new InputError(files[i], `is a part of ${other}; ${files[0]} of ${pictures} and ${model}`);
  }
  const first = headers.findIndex(({ list }) => list !== undefined);
  for (const [i, { list, options = {} }] of headers.entries()) {
    if (list === undefined || i === first) continue;
    if (list !== headers[first].list) {
      const what = `is a part of other pictures than ${files[first]}, or of the same in another order`;
      throw new InputError(files[i], `${what}; predict all parts again from one list of pictures`);
    }
    const different = differentOption(options, headers[first].options ?? {});
    if (different === null) continue;
    const made = `was made ${different.a}, ${files[first]} ${different.b}`;
    throw new InputError(files[i], `${made}; predict one of them again with the options of the other`);
  }
}

/** Null where the file ends before the first line does. */
async function readHeader(file: string): Promise<ShardHeader | null> {
  for await (const line of completeLines(file)) {
    const value = parseJson(file, line);
    const isHeader = typeof value === 'object' && value !== null && 'shard' in value;
    if (isHeader) return parseWith(headerSchema, file, value);
    throw new InputError(
      file,
      'is not a file of predict --shard … --ndjson, whose first line names the shard',
    );
  }
  return null;
}

/** The last line of each picture, in their order: `--resume` adds lines for pictures that failed before. */
async function* linesAfterHeader(file: string): AsyncGenerator<string> {
  const again = new Map<number, string>();
  let last = -1;
  for await (const line of pictureLines(file)) {
    const position = positionOf(line);
    if (position <= last) again.set(position, line);
    else last = position;
  }
  last = -1;
  for await (const line of pictureLines(file)) {
    const position = positionOf(line);
    if (position <= last) continue;
    last = position;
    yield again.get(position) ?? line;
  }
}

/** Of a line that is none, one that no other has. */
function positionOf(line: string): number {
  return Number(/"image_id":(\d+)/.exec(line)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

async function* pictureLines(file: string): AsyncGenerator<string> {
  let isHeader = true;
  for await (const line of completeLines(file)) {
    if (!isHeader) yield line;
    isHeader = false;
  }
}

/** The lines of a file, without a last one that was cut off. */
async function* completeLines(file: string): AsyncGenerator<string> {
  let last: string | undefined;
  for await (const line of fileLines(file)) {
    if (last !== undefined) yield last;
    last = line;
  }
  if (last !== undefined && (isJson(last) || (await endsLine(file)))) yield last;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether the last byte of a file is a line break. */
async function endsLine(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return buffer[0] === 0x0a;
  } finally {
    await file.close();
  }
}

async function* fileLines(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw unreadable(file, error);
  }
}
