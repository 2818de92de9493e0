/** The entry of the server's worker processes: answers predictions and explanations. */
import { stackOf } from '../../../core/errors.ts';
import { workForParent } from '../../../pool/work-for-parent.ts';
import { loadExplainable } from '../../../predict/load/node.ts';
import type { Job, JobAnswer, WorkerSettings } from '../job.ts';
import { explainAnswerer } from './answer-explain.ts';
import { answerPredict } from './answer-predict.ts';

await workForParent<WorkerSettings, Job, JobAnswer>(async (settings) => {
  const { modelFile, compute, choices } = settings;
  const { model, explainer } = await loadExplainable(modelFile, { ...compute, ...choices });
  const answerExplain = explainAnswerer(explainer, settings);
  const answerOf = (job: Job) => ('follow' in job ? answerExplain(job) : answerPredict(model, job, settings));
  const failed = (error: unknown): JobAnswer => ({ outcome: 'failed', detail: stackOf(error) });
  return (job) => answerOf(job).catch(failed);
});
