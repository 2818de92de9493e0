import { type FileHandle, open } from 'node:fs/promises';
import { isSystemError, unreadable } from '../../core/node/file-errors.ts';
import type { JsonBytes } from './bytes.ts';
import { emptyJson, type JsonWalk, walkError } from './walk.ts';

export interface JsonStreamOptions {
  /** Called after each window with the bytes read so far and the size of the file. */
  readonly onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
  /** Bytes read at a time; a larger value enlarges the window. Default 8 MiB. */
  readonly windowBytes?: number | undefined;
}

const defaultWindowBytes = 1 << 23;

/**
 * Reads a JSON file of any size in windows of a few megabytes. (Text of more than 512 MiB does not fit into a
 * string, so `JSON.parse` cannot read it at all.)
 * @throws InputError naming the file and the byte at which the text stops being JSON.
 */
export async function walkJsonFile(
  path: string,
  walk: JsonWalk,
  options: JsonStreamOptions = {},
): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    if (size === 0) throw emptyJson(path);
    walk.json.bytes = Buffer.alloc((options.windowBytes ?? defaultWindowBytes) + 1);
    let bytesRead = 0;
    do {
      bytesRead += await advance(file, walk.json);
      options.onProgress?.(bytesRead, size);
    } while (!walk.run(path));
  } catch (error) {
    throw isSystemError(error) ? unreadable(path, error) : walkError(path, walk, error);
  } finally {
    await file?.close();
  }
}

/**
 * Drops the consumed bytes and reads more; a value that fills half the window doubles it. Returns the bytes
 * read.
 */
async function advance(file: FileHandle, json: JsonBytes): Promise<number> {
  const kept = json.end - json.position;
  const target = 2 * kept >= json.bytes.length - 1 ? Buffer.alloc(json.bytes.length * 2) : json.bytes;
  target.set(json.bytes.subarray(json.position, json.end));
  json.base += json.position;
  json.bytes = target;
  json.position = 0;
  const { bytesRead } = await file.read(target, kept, target.length - 1 - kept, null);
  json.end = kept + bytesRead;
  target[json.end] = 0;
  json.final = bytesRead === 0;
  return bytesRead;
}
