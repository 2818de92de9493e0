import { createHash } from 'node:crypto';
import type { RecordedPrediction } from '../../../predict/explain/recorded-prediction.ts';
import type { ExplainJob } from '../job.ts';

/** Milliseconds for which a recorded prediction is kept; it may take some hundred megabytes. */
const keepMs = 60_000;

/** Keeps the last recorded prediction for further requests about the same picture. */
export class LastRecorded {
  #key = '';
  #recorded: RecordedPrediction | null = null;
  #expiry: NodeJS.Timeout | undefined;

  /**
   * @param job What identifies a prediction: the encoded picture, which part of it, and what the client chose.
   * @param record Called unless the last prediction is the same.
   */
  async get(
    { picture, plane, choices, pooler }: Pick<ExplainJob, 'picture' | 'plane' | 'choices' | 'pooler'>,
    record: () => Promise<RecordedPrediction>,
  ): Promise<RecordedPrediction> {
    const file = createHash('sha256').update(picture).digest('hex');
    const key = `${file} ${JSON.stringify([plane, choices, pooler])}`;
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
