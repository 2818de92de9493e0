import { createHash } from 'node:crypto';
import type { PredictionChoices } from '../../../predict/choices.ts';
import type { PoolerChoice } from '../../../predict/explain/exchanged-pooler.ts';
import type { RecordedPrediction } from '../../../predict/explain/recorded-prediction.ts';

/** Milliseconds for which a recorded prediction is kept; it may take some hundred megabytes. */
const keepMs = 60_000;

/** Keeps the last recorded prediction for further requests about the same picture. */
export class LastRecorded {
  #key = '';
  #recorded: RecordedPrediction | null = null;
  #expiry: NodeJS.Timeout | undefined;

  /**
   * @param file The encoded picture; together with `choices` it identifies a prediction.
   * @param record Called unless the last prediction is the same.
   */
  async get(
    file: Uint8Array,
    choices: PredictionChoices & PoolerChoice,
    record: () => Promise<RecordedPrediction>,
  ): Promise<RecordedPrediction> {
    const key = `${createHash('sha256').update(file).digest('hex')} ${JSON.stringify(choices)}`;
    clearTimeout(this.#expiry);
    let recorded = key === this.#key ? this.#recorded : null;
    if (!recorded) {
      // Released first: two predictions at once would take twice the memory.
      this.#recorded = null;
      recorded = await record();
    }
    this.#key = key;
    this.#recorded = recorded;
    this.#expiry = setTimeout(() => {
      this.#recorded = null;
    }, keepMs);
    this.#expiry.unref();
    return recorded;
  }
}
