import { Problem } from './problem.ts';

/** Bounds the bytes of all bodies that are in memory together, however many clients send at once. */
export class BodyBudget {
  readonly #limit: number;
  #taken = 0;

  /** @param limit In bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws Problem `busy` where the bytes are not there. */
  take(bytes: number): void {
    if (this.#taken + bytes > this.#limit) {
      throw new Problem('busy', 'too many bodies are arriving at once; try again later', {
        'retry-after': '1',
      });
    }
    this.#taken += bytes;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
