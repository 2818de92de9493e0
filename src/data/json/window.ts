import { type FileHandle, open } from 'node:fs/promises';
import { InputError, messageOf } from '../../core/errors.ts';
import { longestMark, markLength } from './byte-order-mark.ts';
import { JsonBytes, JsonSyntaxError, needMoreBytes } from './bytes.ts';

export interface JsonStreamOptions {
  /** Called after each window with the bytes read so far and the size of the file. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
  /** Bytes read at a time; a larger value enlarges the window. Default 8 MiB. */
  readonly windowBytes?: number;
}

const defaultWindowBytes = 1 << 23;

/** Reads a document step by step; a step interrupted for more bytes is repeated. */
export abstract class JsonWalk {
  readonly json = new JsonBytes();

  /** Reads one part of the document. Returns false at its end. */
  protected abstract step(): boolean;

  /** The current position, for error messages: ` in annotations[12]`, or empty at the top level. */
  abstract where(): string;

  /**
   * Reads to the end of the window. Returns true at the end of the file.
   * @param path The file, for messages.
   */
  run(path: string): boolean {
    const { json } = this;
    let mark = json.position;
    try {
      this.#skipByteOrderMark(path);
      do mark = json.position;
      while (this.step());
      mark = json.position;
      return this.#checkEnd();
    } catch (error) {
      if (error !== needMoreBytes) throw error;
      json.position = mark;
      return false;
    }
  }

  #skipByteOrderMark(path: string): void {
    const { json } = this;
    if (json.base + json.position > 0) return;
    if (json.end < longestMark && !json.final) throw needMoreBytes;
    json.position = markLength(path, json.bytes.subarray(0, json.end));
  }

  #checkEnd(): boolean {
    const { json } = this;
    while (json.position < json.end) {
      if (!/\s/.test(String.fromCharCode(json.bytes[json.position]))) {
        throw new JsonSyntaxError(json.base + json.position, 'expected the end of the file');
      }
      json.position++;
    }
    if (!json.final) throw needMoreBytes;
    return true;
  }
}

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
    if (size === 0) throw new InputError(path, 'the file is empty, expected JSON');
    walk.json.bytes = Buffer.alloc((options.windowBytes ?? defaultWindowBytes) + 1);
    let bytesRead = 0;
    do {
      bytesRead += await advance(file, walk.json);
      options.onProgress?.(bytesRead, size);
    } while (!walk.run(path));
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      const what = error.truncated ? 'truncated JSON' : 'not valid JSON';
      const problem = `${what} at byte ${error.offset}${walk.where()}: ${error.message}`;
      throw new InputError(path, problem, { cause: error });
    }
    if (error instanceof Error && 'syscall' in error) {
      throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
    }
    throw error;
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
  json.bytes.copy(target, 0, json.position, json.end);
  json.base += json.position;
  json.bytes = target;
  json.position = 0;
  const { bytesRead } = await file.read(target, kept, target.length - 1 - kept, null);
  json.end = kept + bytesRead;
  target[json.end] = 0;
  json.final = bytesRead === 0;
  return bytesRead;
}
