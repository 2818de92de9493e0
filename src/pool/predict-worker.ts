/** The entry of a `ModelPool`'s worker processes. */
import { toPlainError } from '../core/plain-error.ts';
import { load } from '../predict/load/node.ts';
import { type PredictAnswer, type PredictJob, type PredictSettings, toPlain } from './predict-job.ts';
import { workForParent } from './work-for-parent.ts';

await workForParent<PredictSettings, PredictJob, PredictAnswer>(async ({ modelFile, compute, choices }) => {
  const model = await load(modelFile, { ...compute, ...choices });
  return async ({ source, choices }) => {
    try {
      return { prediction: toPlain(await model.predict(source, choices), model.config) };
    } catch (error) {
      return { error: toPlainError(error) };
    }
  };
});
