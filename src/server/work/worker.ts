/**
 * The worker process: `worker.ts SETTINGS`, started by `worker-process.ts`. Loads one model, says that it is ready,
 * and answers one job after the other over the channel to its parent.
 */
import { messageOf } from '../../core/errors.ts';
import { loadExplainable } from '../../predict/load/node.ts';
import { answerJob } from './answer-job.ts';
import { ExplainDesk } from './explain-desk.ts';
import type { Job, JobAnswer, WorkerMessage, WorkerSettings, WorkerTask } from './messages.ts';

const settings = JSON.parse(process.argv[2]) as WorkerSettings;

// Ctrl-C reaches the whole process group; the server decides when its workers end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// The server is gone, whatever ended it: nobody is left to answer.
process.on('disconnect', () => process.exit(0));

try {
  const { model, explainer } = await loadExplainable(settings.modelFile, { threads: settings.threads });
  const desk = new ExplainDesk(explainer, settings);
  const answerOf = (job: Job) => ('follow' in job ? desk.answer(job) : answerJob(model, job, settings));
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
  // A failure to send means that the parent is gone, of which `disconnect` tells as well.
  process.send?.(message, undefined, undefined, sent);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
