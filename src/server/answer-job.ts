import { InputError } from '../core/errors.ts';
import { decodePicture, pictureSize } from '../image/decode.ts';
import type { Picture } from '../image/picture.ts';
import type { Prediction } from '../predict/instance.ts';
import type { PictureSource } from '../predict/load.ts';
import type { Model } from '../predict/model.ts';
import { resultEntry } from '../predict/result-entry.ts';
import { drawInstances } from '../vis/draw-instances.ts';
import type { Job, JobAnswer } from './messages.ts';

/** What error messages and results call a picture that came without a name. */
const nameless = 'picture';

/**
 * Does one job: decode, predict, draw. The size is read from the file's header before anything is decompressed.
 * @throws nothing for a bad picture, which is an answer as well; else what the model throws.
 */
export async function answerJob(
  model: Pick<Model<PictureSource>, 'predict'>,
  job: Job,
  limits: { maxPixels: number },
): Promise<JobAnswer> {
  const start = performance.now();
  const decoded = await decode(job, limits.maxPixels);
  if ('outcome' in decoded) return decoded;
  const decodedAt = performance.now();
  const prediction = await model.predict({ ...decoded, channels: 3 }, { score: job.score });
  const predictedAt = performance.now();
  const overlay = job.output === 'overlay' ? await drawInstances(decoded, prediction.instances) : null;
  const { width, height, instances } = prediction;
  return {
    outcome: 'done',
    width,
    height,
    instances: instances.length,
    timings: {
      decode: decodedAt - start,
      predict: predictedAt - decodedAt,
      draw: overlay ? performance.now() - predictedAt : 0,
    },
    results: overlay ? [] : resultsOf(prediction, job),
    overlay,
  };
}

async function decode({ picture, fileName }: Job, maxPixels: number): Promise<Picture | JobAnswer> {
  const name = fileName ?? nameless;
  try {
    const { width, height } = await pictureSize(picture, { name });
    if (width * height > maxPixels) {
      const detail = `${name}: has ${width}×${height} pixels, more than the limit of ${maxPixels}`;
      return { outcome: 'refused', problem: 'picture-too-large', detail };
    }
    return await decodePicture(picture, { name, maxPixels });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { outcome: 'refused', problem: 'damaged-picture', detail: error.message };
  }
}

function resultsOf({ instances }: Prediction, { fileName }: Job) {
  const picture = { path: fileName ?? nameless, imageId: 0 };
  return instances.map((instance) => resultEntry(picture, instance, instance.category.id));
}
