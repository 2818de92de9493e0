import type { ModelConfig } from '../../config/schema.ts';
import { plural } from '../../core/plural.ts';
import type { PredictionChoices } from '../../predict/choices.ts';
import type { Prediction } from '../../predict/instance.ts';
import { note } from './output.ts';

/** The limit of instances per picture. */
export function limitOf({ box }: Pick<ModelConfig, 'box'>, { maxDetections }: PredictionChoices): number {
  return maxDetections ?? box.detectionsPerImage;
}

/** Counts the instances that the limit per picture leaves out, so that it does not go unnoticed. */
export class LimitNote {
  #pictures = 0;
  #omitted = 0;
  #first = '';
  readonly #limit: number | undefined;

  /** @param limit Undefined where it is not known. */
  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  count(source: string, { omitted }: Pick<Prediction, 'omitted'>): void {
    if (omitted === 0) return;
    if (this.#pictures === 0) this.#first = source;
    this.#pictures++;
    this.#omitted += omitted;
  }

  /** Prints one line if any picture reached the limit. */
  show(): void {
    if (this.#pictures === 0) return;
    const where =
      this.#pictures === 1 ? this.#first : `${plural(this.#pictures, 'picture')}, the first ${this.#first}`;
    const limit = this.#limit === undefined ? 'instances' : plural(this.#limit, 'instance');
    const left = plural(this.#omitted, 'instance');
    note(`note: limit of ${limit} reached in ${where}; ${left} left out (--max-det sets the limit)`);
  }
}
