import { messageOf } from '../core/errors.ts';
import type { WorkerMessage, WorkerTask } from './messages.ts';

/**
 * The body of a worker process that `workerProcesses` started: gets ready, says so, and answers one job after the other
 * over the channel to its parent.
 * @param prepare Loads the model and returns what answers jobs; the answer to a job must not reject.
 */
export async function workForParent<Settings, Job, Answer>(
  prepare: (settings: Settings) => Promise<(job: Job) => Promise<Answer>>,
): Promise<void> {
  const send = (message: WorkerMessage<Answer>, sent: () => void = () => {}) => {
    // Sending fails only if the parent has ended, which `disconnect` reports too.
    process.send?.(message, undefined, undefined, sent);
  };
  // Ctrl-C reaches the whole process group; the parent decides when its workers end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  // The parent has ended, in whatever way.
  process.on('disconnect', () => process.exit(0));
  try {
    const answerOf = await prepare(JSON.parse(process.argv[2]) as Settings);
    process.on('message', ({ id, job }: WorkerTask<Job>) => {
      void answerOf(job).then((answer) => send({ kind: 'answer', id, answer }));
    });
    send({ kind: 'ready' });
  } catch (error) {
    send({ kind: 'unusable', detail: messageOf(error) }, () => process.exit(1));
  }
}
