import { Problem } from '../../api/problem.ts';

/** Limits the total size of the request bodies in memory, however many clients send at once. */
export class BodyBudget {
  readonly #limit: number;
  #taken = 0;

  /** @param limit In bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws Problem `busy` if the limit would be exceeded. */
  take(bytes: number): void {
    if (this.#taken + bytes > this.#limit) {
      throw new Problem('busy', 'too many request bodies are arriving at once; try again later', {
        'retry-after': '1',
      });
    }
    this.#taken += bytes;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
