import type { PictureSource } from '../../../image/picture-source.ts';
import type { Model } from '../../../predict/model.ts';
import { toCocoResults } from '../../../predict/result-entry.ts';
import { drawInstances } from '../../../vis/draw-instances.ts';
import type { JobAnswer, PredictJob } from '../job.ts';
import { decodeJob } from './decode-job.ts';

/**
 * Runs a prediction: decodes, predicts, draws. A picture that cannot be used is an answer, not an error.
 * @throws whatever the model throws.
 */
export async function answerPredict(
  model: Pick<Model<PictureSource>, 'predict'>,
  job: PredictJob,
  limits: { maxPixels: number },
): Promise<JobAnswer> {
  const start = performance.now();
  const decoded = await decodeJob(job, limits.maxPixels);
  if ('outcome' in decoded) return decoded;
  const decodedAt = performance.now();
  const prediction = await model.predict({ ...decoded, channels: 3 }, job.choices);
  const predictedAt = performance.now();
  const overlay = job.output === 'overlay' ? await drawInstances(decoded, prediction.instances) : null;
  const { width, height, instances, omitted } = prediction;
  return {
    outcome: 'done',
    width,
    height,
    instances: instances.length,
    omitted,
    timings: {
      decode: decodedAt - start,
      predict: predictedAt - decodedAt,
      draw: overlay ? performance.now() - predictedAt : 0,
    },
    results: overlay ? [] : toCocoResults([[0, prediction]]),
    overlay,
  };
}
