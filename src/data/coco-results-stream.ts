import { type FileHandle, open } from 'node:fs/promises';
import { InputError, messageOf } from '../core/errors.ts';
import { JsonBytes, JsonSyntaxError, needMoreBytes } from './json-bytes.ts';

const windowBytes = 1 << 22;
const openBracket = 0x5b;
const closeBracket = 0x5d;

export interface ArrayStreamOptions {
  /** Called after each window with the bytes read so far and the size of the file. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
}

/**
 * Reads a JSON file of any size whose top level is an array, in windows of a few megabytes.
 * @param element Consumes exactly one value of the array. Where it throws `needMoreBytes` it is called again
 * with more bytes, so it changes nothing before its end.
 * @param notAnArray Receives the reader at the first byte of a top level that is something else; throws.
 * @throws InputError that names the file and the byte where the text stops being JSON.
 */
export async function streamJsonArray(
  path: string,
  element: (json: JsonBytes, index: number) => void,
  notAnArray: (json: JsonBytes) => never,
  options: ArrayStreamOptions = {},
): Promise<void> {
  let file: FileHandle | undefined;
  const walk = new ArrayWalk(element, notAnArray);
  try {
    file = await open(path);
    const { size } = await file.stat();
    if (size === 0) throw new InputError(path, 'the file is empty, expected JSON');
    let bytesRead = 0;
    do {
      bytesRead += await advance(file, walk.json);
      options.onProgress?.(bytesRead, size);
    } while (!walk.run());
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      const what = error.truncated ? 'truncated JSON' : 'not valid JSON';
      throw new InputError(path, `${what} at byte ${error.offset}${walk.where()}: ${error.message}`, {
        cause: error,
      });
    }
    if (error instanceof Error && 'syscall' in error) {
      throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
    }
    throw error;
  } finally {
    await file?.close();
  }
}

/** Drops what was consumed and reads on; a value that fills the whole window doubles it. Returns the bytes read. */
async function advance(file: FileHandle, json: JsonBytes): Promise<number> {
  const kept = json.end - json.position;
  const capacity = Math.max(windowBytes + 1, kept > json.bytes.length / 2 ? 2 * json.bytes.length : 0);
  const target = capacity > json.bytes.length ? Buffer.alloc(capacity) : json.bytes;
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

/** Where in the array the reading stands; it can be interrupted before any element. */
class ArrayWalk {
  readonly json = new JsonBytes();
  readonly #element: (json: JsonBytes, index: number) => void;
  readonly #notAnArray: (json: JsonBytes) => never;
  #state: 'start' | 'first' | 'element' | 'after' | 'end' = 'start';
  #index = 0;

  constructor(element: (json: JsonBytes, index: number) => void, notAnArray: (json: JsonBytes) => never) {
    this.#element = element;
    this.#notAnArray = notAnArray;
  }

  /** Reads on to the end of the window. Returns true at the end of the file. */
  run(): boolean {
    let mark = this.json.position;
    try {
      for (;;) {
        mark = this.json.position;
        if (this.#state === 'end') return this.#checkEnd();
        this.#step();
      }
    } catch (error) {
      if (error !== needMoreBytes) throw error;
      this.json.position = mark;
      return false;
    }
  }

  /** For messages. */
  where(): string {
    return this.#state === 'element' || this.#state === 'after' ? ` in results[${this.#index}]` : '';
  }

  #step(): void {
    const { json } = this;
    if (this.#state === 'start') {
      if (json.peek('"["') !== openBracket) this.#notAnArray(json);
      json.position++;
      this.#state = 'first';
    } else if (this.#state === 'first') {
      this.#state = json.accept(closeBracket) ? 'end' : 'element';
    } else if (this.#state === 'element') {
      this.#element(json, this.#index);
      this.#state = 'after';
    } else {
      this.#state = json.another(closeBracket) ? 'element' : 'end';
      this.#index++;
    }
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
