import { type FileHandle, open } from 'node:fs/promises';
import { InputError, messageOf } from '../core/errors.ts';
import { JsonBytes, JsonSyntaxError, needMoreBytes } from './json-bytes.ts';

const defaultWindowBytes = 1 << 23;

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** What to do with the parts of a JSON file whose top level is an object. */
export interface JsonVisitor {
  /**
   * Called for each element of an array at the top level. It must consume exactly one value of `json`; where
   * it throws `needMoreBytes` it is called again with more bytes, so it changes nothing before its end.
   * Returns false where nobody wants the elements of `key`; the rest is then skipped.
   */
  element(key: string, index: number, json: JsonBytes): boolean;
  /** Called for an array without elements. */
  emptyArray(key: string): void;
  /** Called for every other value at the top level; the same rule. */
  value(key: string, json: JsonBytes): void;
  /** Called with the first element of a file whose top level is an array; throws the error that fits. */
  notAnObject(first: unknown): never;
}

export interface JsonStreamOptions {
  /** Called after each window with the bytes read so far and the size of the file. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
  /** Bytes that are read at a time; a larger value enlarges the window. Default 8 MiB. */
  readonly windowBytes?: number;
}

/**
 * Reads a JSON file of any size in windows of a few megabytes and hands its parts to `visitor` in order.
 * (Text of more than 512 MiB does not fit into a string, so `JSON.parse` cannot read it at all.)
 * @throws InputError that names the file and the byte where the text stops being JSON.
 */
export async function streamJson(
  path: string,
  visitor: JsonVisitor,
  options: JsonStreamOptions = {},
): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
  }
  const walk = new DocumentWalk(visitor);
  try {
    const { size } = await file.stat();
    if (size === 0) throw new InputError(path, 'the file is empty, expected JSON');
    const window = new FileWindow(file, walk.json, options.windowBytes ?? defaultWindowBytes);
    do {
      await window.advance();
      options.onProgress?.(window.bytesRead, size);
    } while (!walk.run());
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw new InputError(path, describe(error, walk.where()), { cause: error });
    if (error instanceof Error && 'syscall' in error) {
      throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
    }
    throw error;
  } finally {
    await file.close();
  }
}

function describe(error: JsonSyntaxError, where: string): string {
  const what = error.truncated ? 'truncated JSON' : 'not valid JSON';
  return `${what} at byte ${error.offset}${where}: ${error.message}`;
}

/** Slides the window of a `JsonBytes` along a file. */
class FileWindow {
  bytesRead = 0;
  readonly #file: FileHandle;
  readonly #json: JsonBytes;

  constructor(file: FileHandle, json: JsonBytes, windowBytes: number) {
    this.#file = file;
    this.#json = json;
    json.bytes = Buffer.alloc(windowBytes + 1);
  }

  /** Drops what was consumed and reads on; a value that fills the whole window doubles it. */
  async advance(): Promise<void> {
    const json = this.#json;
    const kept = json.end - json.position;
    const target = 2 * kept >= json.bytes.length - 1 ? Buffer.alloc(json.bytes.length * 2) : json.bytes;
    json.bytes.copy(target, 0, json.position, json.end);
    json.base += json.position;
    json.bytes = target;
    json.position = 0;
    const { bytesRead } = await this.#file.read(target, kept, target.length - 1 - kept, null);
    json.end = kept + bytesRead;
    target[json.end] = 0;
    json.final = bytesRead === 0;
    this.bytesRead += bytesRead;
  }
}

type State =
  | 'start'
  | 'firstKey'
  | 'key'
  | 'afterValue'
  | 'firstElement'
  | 'element'
  | 'afterElement'
  | 'end';

/** Where in the document the reading stands; it can be interrupted between any two steps. */
class DocumentWalk {
  readonly json = new JsonBytes();
  readonly #visitor: JsonVisitor;
  #state: State = 'start';
  #key = '';
  #index = 0;
  #wanted = true;

  constructor(visitor: JsonVisitor) {
    this.#visitor = visitor;
  }

  /** Reads on to the end of the window. Returns true at the end of the document. */
  run(): boolean {
    const { json } = this;
    let mark = json.position;
    try {
      for (;;) {
        mark = json.position;
        if (this.#state === 'end') return this.#checkEnd();
        this.#state = this.#step();
      }
    } catch (error) {
      if (error !== needMoreBytes) throw error;
      json.position = mark;
      return false;
    }
  }

  /** For error messages: ` in annotations[12]`, or nothing at the top level. */
  where(): string {
    const inArray =
      this.#state === 'element' || this.#state === 'firstElement' || this.#state === 'afterElement';
    if (inArray) return ` in ${this.#key}[${this.#index}]`;
    return this.#state === 'afterValue' ? ` after "${this.#key}"` : '';
  }

  #step(): State {
    switch (this.#state) {
      case 'start':
        return this.#start();
      case 'firstKey':
        return this.json.accept(0x7d) ? 'end' : this.#keyAndValue();
      case 'key':
        return this.#keyAndValue();
      case 'afterValue':
        return this.json.another(0x7d) ? 'key' : 'end';
      case 'firstElement':
        return this.#firstElement();
      case 'element':
        return this.#element();
      case 'afterElement':
        return this.#afterElement();
      case 'end':
        return 'end';
    }
  }

  #start(): State {
    const { json } = this;
    this.#skipByteOrderMark();
    const byte = json.peek('"{"');
    if (byte === 0x5b) {
      json.position++;
      this.#visitor.notAnObject(json.accept(0x5d) ? undefined : json.value());
    }
    json.expect(0x7b, '"{"');
    return 'firstKey';
  }

  #skipByteOrderMark(): void {
    const { json } = this;
    if (json.bytes[json.position] !== byteOrderMark[0]) return;
    if (json.end < byteOrderMark.length && !json.final) throw needMoreBytes;
    if (byteOrderMark.every((byte, i) => json.bytes[i] === byte)) json.position = byteOrderMark.length;
  }

  #keyAndValue(): State {
    const { json } = this;
    const { start, end } = json.key();
    const key = json.bytes.toString('utf8', start, end);
    if (json.peek() === 0x5b) {
      json.position++;
      this.#key = key;
      this.#index = 0;
      this.#wanted = true;
      return 'firstElement';
    }
    this.#visitor.value(key, json);
    this.#key = key;
    return 'afterValue';
  }

  #firstElement(): State {
    if (!this.json.accept(0x5d)) return this.#element();
    this.#visitor.emptyArray(this.#key);
    return 'afterValue';
  }

  #element(): State {
    if (this.#wanted) this.#wanted = this.#visitor.element(this.#key, this.#index, this.json);
    if (!this.#wanted) this.json.skip();
    return 'afterElement';
  }

  #afterElement(): State {
    this.#index++;
    return this.json.another(0x5d) ? 'element' : 'afterValue';
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
