/// <reference lib="esnext.disposable" preserve="true" />
import { UsageError } from './errors.ts';

/** `Symbol.asyncDispose`, or in browsers that lack it the symbol that compilers of `await using` then look for. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);

/** The time in which something that holds memory outside the JavaScript heap can be used. */
export class Lifetime {
  readonly #ended: string;
  readonly #release: () => Promise<unknown>;
  readonly #running = new Set<Promise<unknown>>();
  #end: Promise<void> | null = null;

  /**
   * @param ended The error of a use after the end: `the model was disposed; load it again`.
   * @param release Frees the memory; called once.
   */
  constructor(ended: string, release: () => Promise<unknown>) {
    this.#ended = ended;
    this.#release = release;
  }

  /**
   * Does work that needs the memory.
   * @throws UsageError after the end; what `work` throws.
   */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    this.check();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** @throws UsageError after the end. */
  check(): void {
    if (this.#end) throw new UsageError(this.#ended);
  }

  /** Frees the memory once all work is done. A second call does nothing more. */
  end(): Promise<void> {
    this.#end ??= this.#finish();
    return this.#end;
  }

  async #finish(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#release();
  }
}
