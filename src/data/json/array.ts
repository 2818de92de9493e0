import type { JsonBytes } from './bytes.ts';
import { JsonWalk, walkJsonText } from './walk.ts';

const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Reads a JSON text in memory whose top level is an array.
 * @param name What messages call it.
 * @param element Consumes exactly one value of the array.
 * @param notAnArray Called with the reader at the first byte of any other top-level value; must throw.
 * @throws InputError naming the byte at which the text stops being JSON.
 */
export function visitJsonArray(
  name: string,
  text: Uint8Array,
  element: (json: JsonBytes, index: number) => void,
  notAnArray: (json: JsonBytes) => never,
): void {
  walkJsonText(name, text, new ArrayWalk(element, notAnArray));
}

/** The current position in the array; reading can be interrupted before any element. */
export class ArrayWalk extends JsonWalk {
  readonly #element: (json: JsonBytes, index: number) => void;
  readonly #notAnArray: (json: JsonBytes) => never;
  #state: 'start' | 'first' | 'element' | 'after' | 'end' = 'start';
  #index = 0;

  constructor(element: (json: JsonBytes, index: number) => void, notAnArray: (json: JsonBytes) => never) {
    super();
    this.#element = element;
    this.#notAnArray = notAnArray;
  }

  override where(): string {
    return this.#state === 'element' || this.#state === 'after' ? ` in results[${this.#index}]` : '';
  }

  protected override step(): boolean {
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
    } else if (this.#state === 'after') {
      this.#state = json.another(closeBracket) ? 'element' : 'end';
      this.#index++;
    }
    return this.#state !== 'end';
  }
}
