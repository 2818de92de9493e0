import { InputError } from '../../core/errors.ts';
import { longestMark, markLength } from './byte-order-mark.ts';
import { JsonBytes, JsonSyntaxError, needMoreBytes } from './bytes.ts';

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
 * Reads a JSON text in memory.
 * @param name What messages call it.
 * @throws InputError naming the byte at which the text stops being JSON.
 */
export function walkJsonText(name: string, text: Uint8Array, walk: JsonWalk): void {
  if (text.length === 0) throw emptyJson(name);
  walk.json.take(text);
  try {
    walk.run(name);
  } catch (error) {
    throw walkError(name, walk, error);
  }
}

export function emptyJson(name: string): InputError {
  return new InputError(name, 'the file is empty, expected JSON');
}

/** The error to throw for one that a walk threw: a syntax error with its place, any other as it is. */
export function walkError(name: string, walk: JsonWalk, error: unknown): unknown {
  if (!(error instanceof JsonSyntaxError)) return error;
  const what = error.truncated ? 'truncated JSON' : 'not valid JSON';
  const problem = `${what} at byte ${error.offset}${walk.where()}: ${error.message}`;
  return new InputError(name, problem, { cause: error });
}
