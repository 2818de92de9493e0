import { createHash } from 'node:crypto';
import type { RecordedPrediction } from '../../predict/explain/recorded-prediction.ts';

/** Milliseconds after which a recorded prediction is forgotten; it may be some hundred megabytes. */
const keepMs = 60_000;

/** The last recorded prediction, for questions that follow about the same picture. */
export class LastRecorded {
  #key = '';
  #recorded: RecordedPrediction | null = null;
  #forget: NodeJS.Timeout | undefined;

  /**
   * @param file The picture's, which tells one picture from another.
   * @param record Is called where this picture was not the last one.
   */
  async get(
    file: Uint8Array,
    score: number | undefined,
    record: () => Promise<RecordedPrediction>,
  ): Promise<RecordedPrediction> {
    const key = `${createHash('sha256').update(file).digest('hex')} ${score}`;
    clearTimeout(this.#forget);
    let recorded = key === this.#key ? this.#recorded : null;
    if (!recorded) {
      // Two at once would be twice the memory.
      this.#recorded = null;
      recorded = await record();
    }
    this.#key = key;
    this.#recorded = recorded;
    this.#forget = setTimeout(() => {
      this.#recorded = null;
    }, keepMs);
    this.#forget.unref();
    return recorded;
  }
}
