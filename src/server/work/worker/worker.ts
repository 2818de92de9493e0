/**
 * The entry of a worker process, started by `worker-process.ts` with its settings as the only argument. Loads one model,
 * reports that it is ready, and answers one job after the other over the channel to its parent.
 */
import { messageOf } from '../../../core/errors.ts';
import { loadExplainable } from '../../../predict/load/node.ts';
import type { Job, JobAnswer } from '../job.ts';
import type { WorkerMessage, WorkerSettings, WorkerTask } from '../messages.ts';
import { explainAnswerer } from './answer-explain.ts';
import { answerPredict } from './answer-predict.ts';

const settings = JSON.parse(process.argv[2]) as WorkerSettings;

// Ctrl-C reaches the whole process group; the server decides when its workers end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// The server has ended, in whatever way.
process.on('disconnect', () => process.exit(0));

try {
  const { model, explainer } = await loadExplainable(settings.modelFile, { threads: settings.threads });
  const answerExplain = explainAnswerer(explainer, settings);
  const answerOf = (job: Job) => ('follow' in job ? answerExplain(job) : answerPredict(model, job, settings));
  process.on('message', ({ id, job }: WorkerTask) => {
    const failed = (error: unknown): JobAnswer => ({ outcome: 'failed', detail: describe(error) });
    void answerOf(job)
      .catch(failed)
      .then((answer) => send({ kind: 'answer', id, answer }));
  });
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'unusable', detail: messageOf(error) }, () => process.exit(1));
}

function send(message: WorkerMessage, sent: () => void = () => {}): void {
  // Sending fails only if the parent has ended, which `disconnect` reports too.
  process.send?.(message, undefined, undefined, sent);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
