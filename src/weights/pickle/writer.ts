/** Opcodes of pickle protocol 2, by the names of Python's `pickletools`. */
const op = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  global: 0x63,
  reduce: 0x52,
  binPersId: 0x51,
  binUnicode: 0x58,
  binInt: 0x4a,
  long1: 0x8a,
  newFalse: 0x89,
  emptyTuple: 0x29,
  tuple: 0x74,
  setItems: 0x75,
  binPut: 0x71,
  binGet: 0x68,
} as const;

/** Writes a pickle of protocol 2, operation by operation. Repeated names and words are memoised. */
export class PickleWriter {
  readonly #bytes: number[] = [op.proto, 2];
  readonly #memo = new Map<string, number>();

  /** A function or class. */
  global(module: string, name: string): this {
    return this.#once(`${module}\n${name}\n`, (line) =>
      this.#push(op.global, ...new TextEncoder().encode(line)),
    );
  }

  /** A text that occurs once: it is not memoised. */
  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    this.#push(op.binUnicode, ...littleEndian(bytes.length, 4));
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** A text that occurs repeatedly: it is memoised. */
  word(text: string): this {
    return this.#once(text, () => this.text(text));
  }

  /** @param value Non-negative, up to 2^53. */
  integer(value: number): this {
    if (value < 2 ** 31) return this.#push(op.binInt, ...littleEndian(value, 4));
    return this.#push(op.long1, 8, ...littleEndian(value, 8));
  }

  false(): this {
    return this.#push(op.newFalse);
  }

  /** A tuple of the values that `items` writes. */
  tuple(items: () => void): this {
    this.#push(op.mark);
    items();
    return this.#push(op.tuple);
  }

  /** Adds the alternating keys and values that `items` writes to the dict on top of the stack. */
  setItems(items: () => void): this {
    this.#push(op.mark);
    items();
    return this.#push(op.setItems);
  }

  /** Calls the function below the tuple on top of the stack. */
  call(): this {
    return this.#push(op.reduce);
  }

  /** Calls the function on top of the stack without arguments. */
  callWithNothing(): this {
    return this.#push(op.emptyTuple, op.reduce);
  }

  /** Turns the tuple on top of the stack into a persistent id. */
  persistentId(): this {
    return this.#push(op.binPersId);
  }

  finish(): Uint8Array {
    this.#push(op.stop);
    return Uint8Array.from(this.#bytes);
  }

  #once(key: string, write: (key: string) => void): this {
    const known = this.#memo.get(key);
    if (known !== undefined) return this.#push(op.binGet, known);
    write(key);
    this.#memo.set(key, this.#memo.size);
    return this.#push(op.binPut, this.#memo.size - 1);
  }

  #push(...bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}

function littleEndian(value: number, length: number): number[] {
  return Array.from({ length }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
}
