import type { PictureSource } from '../../../image/picture-source.ts';
import type { Model } from '../../../predict/model.ts';
import { toCocoResults } from '../../../predict/result-entry.ts';
import type { JobAnswer, PredictJob } from '../job.ts';
import { decodeJob } from './decode-job.ts';
import { predictionFile } from './prediction-file.ts';

/**
 * Runs a prediction: decodes, predicts, draws or encodes. A picture that cannot be used is an answer, not an error.
 * @throws whatever the model throws.
 */
export async function answerPredict(
  model: Pick<Model<PictureSource>, 'predict' | 'config'>,
  job: PredictJob,
  limits: { maxPixels: number },
): Promise<JobAnswer> {
  const start = performance.now();
  const decoded = await decodeJob(job, limits.maxPixels);
  if ('outcome' in decoded) return decoded;
  const decodedAt = performance.now();
  const prediction = await model.predict({ ...decoded, channels: 3 }, job.choices);
  const predictedAt = performance.now();
  const { config } = model;
  const file = await predictionFile(job, { prediction, picture: decoded, config });
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
      draw: file ? performance.now() - predictedAt : 0,
    },
    results: file ? [] : toCocoResults([[0, prediction]]),
    file,
  };
}
