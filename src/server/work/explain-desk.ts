import { UsageError } from '../../core/errors.ts';
import type { Picture } from '../../image/picture.ts';
import type { Explainer } from '../../predict/explain/explainer.ts';
import type { RecordedPrediction } from '../../predict/explain/recorded-prediction.ts';
import { renderReport } from '../../vis/report/report.ts';
import { decodeJob, nameless } from './decode-picture.ts';
import { LastRecorded } from './last-recorded.ts';
import type { ExplainJob, JobAnswer } from './messages.ts';

type Body = Extract<JobAnswer, { outcome: 'explained' }>['body'];

/**
 * Explains pictures, and remembers the last one for a minute: who looks at the stages asks for one RoI after the
 * other, and only the first question needs a prediction.
 */
export class ExplainDesk {
  readonly #explainer: () => Promise<Explainer>;
  readonly #maxPixels: number;
  readonly #last = new LastRecorded();

  constructor(explainer: () => Promise<Explainer>, { maxPixels }: { maxPixels: number }) {
    this.#explainer = explainer;
    this.#maxPixels = maxPixels;
  }

  /** @throws nothing for a bad picture or an RoI that is not there, which are answers as well; else what the model throws. */
  async answer(job: ExplainJob): Promise<JobAnswer> {
    const start = performance.now();
    const picture = await decodeJob(job, this.#maxPixels);
    if ('outcome' in picture) return picture;
    const decodedAt = performance.now();
    const recorded = await this.#record(picture, job);
    const predictedAt = performance.now();
    try {
      const { body, instances } = await describe(recorded, picture, job);
      const timings = {
        decode: decodedAt - start,
        predict: predictedAt - decodedAt,
        draw: performance.now() - predictedAt,
      };
      return { outcome: 'explained', instances, timings, body };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { outcome: 'refused', problem: 'bad-parameter', detail: error.message };
    }
  }

  async #record(picture: Picture, { score, picture: file }: ExplainJob): Promise<RecordedPrediction> {
    const explainer = await this.#explainer();
    return this.#last.get(file, score, () => explainer.record(picture, { score }));
  }
}

async function describe(
  recorded: RecordedPrediction,
  picture: Picture,
  { output, follow, report, fileName }: ExplainJob,
): Promise<{ body: Body; instances: number }> {
  const focus = await recorded.follow(follow);
  const instances = recorded.instances.length;
  if (output === 'focus') return { body: { stages: 'null', focus: JSON.stringify(focus) }, instances };
  const stages = recorded.stages();
  if (output === 'stages') {
    return { body: { stages: JSON.stringify(stages), focus: JSON.stringify(focus) }, instances };
  }
  const html = await renderReport(
    picture,
    { ...stages, focus },
    { ...report, pictureName: fileName ?? nameless },
  );
  return { body: { report: new TextEncoder().encode(html) }, instances };
}
