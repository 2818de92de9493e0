import { InputError } from '../../core/errors.ts';
import { largest } from '../../core/extremes.ts';

/** The names and shapes of a file's tensors, with the queries that recognition needs. */
export class KeyShapes {
  /** The file, for messages. */
  readonly source: string;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  constructor(source: string, shapes: ReadonlyMap<string, readonly number[]>) {
    this.source = source;
    this.#shapes = shapes;
  }

  has(key: string): boolean {
    return this.#shapes.has(key);
  }

  hasPrefix(prefix: string): boolean {
    return this.#keys().some((key) => key.startsWith(prefix));
  }

  /** The shape of a key, or undefined where the key is missing or has another rank. */
  find(key: string, rank: number): readonly number[] | undefined {
    const shape = this.#shapes.get(key);
    return shape?.length === rank ? shape : undefined;
  }

  /**
   * The shape of a required key.
   * @param property The property of the model that it shows, for the message.
   * @throws InputError where the key is missing, has another rank, or has no elements.
   */
  need(key: string, rank: number, property: string): readonly number[] {
    const shape = this.#shapes.get(key);
    if (!shape) throw new InputError(this.source, `has no tensor ${key}, which shows ${property}`);
    if (shape.length !== rank || shape.includes(0)) {
      throw new InputError(
        this.source,
        `${key} has shape [${shape.join(', ')}], expected ${rank} dimensions`,
      );
    }
    return shape;
  }

  /** One more than the largest number that follows `prefix`: 3 for `x.0.a`, `x.2.b` and the prefix `x.`. */
  countOf(prefix: string): number {
    const numbers = this.#keys()
      .filter((key) => key.startsWith(prefix))
      .map((key) => Number.parseInt(key.slice(prefix.length), 10));
    return Math.max(-1, largest(numbers.filter((number) => !Number.isNaN(number)))) + 1;
  }

  #keys(): string[] {
    return [...this.#shapes.keys()];
  }
}
