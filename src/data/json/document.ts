import type { JsonBytes } from './bytes.ts';
import { textAt } from './text.ts';
import { JsonWalk, walkJsonText } from './walk.ts';

/** Handlers for the parts of a JSON file whose top level is an object. */
export interface JsonVisitor {
  /**
   * Called for each element of an array at the top level. It must consume exactly one value of `json`. If it
   * throws `needMoreBytes`, it is called again with more bytes, so it must change no state before its end.
   * Returns false if the elements of `key` are not needed; the rest is then skipped.
   */
  element(key: string, index: number, json: JsonBytes): boolean;
  /** Called for an empty array. */
  emptyArray(key: string): void;
  /** Called for every other value at the top level, with the same contract as `element`. */
  value(key: string, json: JsonBytes): void;
  /** Called with the first element of a file whose top level is an array; throws an appropriate error. */
  notAnObject(first: unknown): never;
}

/**
 * Passes the parts of a JSON text in memory to `visitor` in order.
 * @param name What messages call it.
 * @throws InputError naming the byte at which the text stops being JSON.
 */
export function visitJson(name: string, text: Uint8Array, visitor: JsonVisitor): void {
  walkJsonText(name, text, new DocumentWalk(visitor));
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

/** The current position in the document; reading can be interrupted between any two steps. */
export class DocumentWalk extends JsonWalk {
  readonly #visitor: JsonVisitor;
  #state: State = 'start';
  #key = '';
  #index = 0;
  #wanted = true;

  constructor(visitor: JsonVisitor) {
    super();
    this.#visitor = visitor;
  }

  override where(): string {
    const inArray =
      this.#state === 'element' || this.#state === 'firstElement' || this.#state === 'afterElement';
    if (inArray) return ` in ${this.#key}[${this.#index}]`;
    return this.#state === 'afterValue' ? ` after "${this.#key}"` : '';
  }

  protected override step(): boolean {
    this.#state = this.#next();
    return this.#state !== 'end';
  }

  #next(): State {
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
    const byte = json.peek('"{"');
    if (byte === 0x5b) {
      json.position++;
      this.#visitor.notAnObject(json.accept(0x5d) ? undefined : json.value());
    }
    json.expect(0x7b, '"{"');
    return 'firstKey';
  }

  #keyAndValue(): State {
    const { json } = this;
    const { start, end } = json.key();
    const key = textAt(json.bytes, start, end);
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
}
