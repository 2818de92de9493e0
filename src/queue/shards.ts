import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parseWith } from '../config/parse.ts';
import { eachOf } from '../core/each-of.ts';
import { InputError, UsageError } from '../core/errors.ts';
import { isSystemError, unreadable } from '../core/node/file-errors.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Span } from './chunk-results.ts';
import type { PartedResults, ResultPart } from './merge.ts';

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
  /** Those that change results, as the user gave them. Absent in older files. */
  options: z.record(z.string(), z.unknown()).optional(),
});

/** The first line of a shard's results. */
export type ShardHeader = z.infer<typeof headerSchema>;

export function shardHeader(shard: Shard, pictures: number, model: string): ShardHeader {
  return { shard: `${shard.index}/${shard.of}`, ...shardSpan(shard, pictures), pictures, model };
}

/**
 * The results of `predict --shard` in files.
 * @throws InputError where a file is not one, or they are not of one list of pictures and one model.
 */
export async function shardResults(files: readonly string[]): Promise<PartedResults> {
  const headers = await Promise.all(files.map(readHeader));
  const [{ pictures, model }] = headers;
  for (const [i, header] of headers.entries()) {
    if (header.pictures === pictures && header.model === model) continue;
    const other = `${header.pictures} pictures and the model ${header.model}`;
    throw new InputError(files[i], `is a part of ${other}; ${files[0]} of ${pictures} and ${model}`);
  }
  const parts = headers.map(({ start, count }, i): ResultPart => {
    return { source: files[i], start, count, lines: () => linesAfterHeader(files[i]) };
  });
  parts.sort((a, b) => a.start - b.start || b.count - a.count);
  return { source: files.length === 1 ? files[0] : 'the shards', pictures, parts: eachOf(parts) };
}

async function readHeader(file: string): Promise<ShardHeader> {
  for await (const line of fileLines(file)) {
    const value = parseJson(file, line);
    const isHeader = typeof value === 'object' && value !== null && 'shard' in value;
    if (isHeader) return parseWith(headerSchema, file, value);
    break;
  }
  throw new InputError(file, 'is not a file of predict --shard … --ndjson, whose first line names the shard');
}

async function* linesAfterHeader(file: string): AsyncGenerator<string> {
  let isHeader = true;
  for await (const line of fileLines(file)) {
    if (!isHeader) yield line;
    isHeader = false;
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
