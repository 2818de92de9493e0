/** The entry of a `ModelPool`'s worker processes. */
import { load } from '../predict/load/node.ts';
import {
  type PredictAnswer,
  type PredictJob,
  type PredictSettings,
  toPlain,
  toPlainError,
} from './predict-job.ts';
import { workForParent } from './work-for-parent.ts';

await workForParent<PredictSettings, PredictJob, PredictAnswer>(async ({ modelFile, threads }) => {
  const model = await load(modelFile, { threads });
  return async ({ source, score }) => {
    try {
      return { prediction: toPlain(await model.predict(source, { score }), model.config) };
    } catch (error) {
      return { error: toPlainError(error) };
    }
  };
});
