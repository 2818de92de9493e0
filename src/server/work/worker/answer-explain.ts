import { UsageError } from '../../../core/errors.ts';
import type { Picture } from '../../../image/picture.ts';
import type { Explainer } from '../../../predict/explain/explainer.ts';
import { AbsentRoi } from '../../../predict/explain/focus-choice.ts';
import type { RecordedPrediction } from '../../../predict/explain/recorded-prediction.ts';
import { renderReport } from '../../../vis/report/report.ts';
import type { ExplainJob, JobAnswer } from '../job.ts';
import { decodeJob, namelessPicture } from './decode-job.ts';
import { LastRecorded } from './last-recorded.ts';

type Body = Extract<JobAnswer, { outcome: 'explained' }>['body'];

/**
 * Creates a function that explains pictures. It keeps the last recorded prediction for a minute, since clients ask for
 * one RoI of a picture after the other, and only the first request needs a prediction. A picture that cannot be used
 * and an RoI that does not exist are answers, not errors.
 * @param loadExplainer Called for each job.
 */
export function explainAnswerer(
  loadExplainer: (pooler: ExplainJob['pooler']) => Promise<Explainer>,
  limits: { maxPixels: number },
): (job: ExplainJob) => Promise<JobAnswer> {
  const last = new LastRecorded();
  return async (job) => {
    const start = performance.now();
    const picture = await decodeJob(job, limits.maxPixels);
    if ('outcome' in picture) return picture;
    const decodedAt = performance.now();
    const { choices, pooler } = job;
    const explainer = await loadExplainer(pooler);
    const recorded = await last.get(job, () => explainer.record(picture, choices));
    const predictedAt = performance.now();
    try {
      const body = await bodyOf(recorded, picture, job);
      const timings = {
        decode: decodedAt - start,
        predict: predictedAt - decodedAt,
        draw: performance.now() - predictedAt,
      };
      return { outcome: 'explained', instances: recorded.instances.length, timings, body };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return {
        outcome: 'refused',
        problem: 'bad-parameter',
        detail: error instanceof AbsentRoi ? error.fromOne : error.message,
      };
    }
  };
}

async function bodyOf(
  recorded: RecordedPrediction,
  picture: Picture,
  { output, follow, report, fileName }: ExplainJob,
): Promise<Body> {
  const focus = await recorded.follow(follow);
  if (output === 'focus') return { stages: 'null', focus: JSON.stringify(focus) };
  const stages = recorded.stages();
  if (output === 'stages') return { stages: JSON.stringify(stages), focus: JSON.stringify(focus) };
  const explanation = { ...stages, focus };
  const html = await renderReport(picture, explanation, {
    ...report,
    pictureName: fileName ?? namelessPicture,
  });
  return { report: new TextEncoder().encode(html) };
}
