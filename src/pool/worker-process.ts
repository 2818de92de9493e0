import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workerEnvironment } from '../core/node/announce.ts';
import { fromSources, startedFile, tsxModule } from '../core/node/from-sources.ts';
import type { WorkerMessage, WorkerTask } from './messages.ts';

/** A running worker. */
export interface WorkerHandle<Job> {
  readonly pid: number | undefined;
  /** Sends a task. If the worker is about to exit, `exited` is called and the task is not answered. */
  send(task: WorkerTask<Job>): void;
  /** Kills it; it has no state that could be lost. */
  kill(): void;
}

/** Callbacks of a worker; `exited` is the last one called. */
export interface WorkerEvents<Answer> {
  ready(): void;
  answered(id: number, answer: Answer): void;
  /** @param reason For the log: `killed by SIGKILL`, or why the model cannot be loaded. */
  exited(reason: string): void;
}

/** Starts a worker; see `workerProcesses`. */
export type StartWorker<Job, Answer> = (events: WorkerEvents<Answer>) => WorkerHandle<Job>;

/**
 * Creates a function that starts worker processes. They share this process's stderr.
 * @param module The module that calls `workForParent`, as a URL without a file extension.
 * @param settings What it receives, as JSON.
 */
export function workerProcesses<Job, Answer>(module: URL, settings: object): StartWorker<Job, Answer> {
  return (events) => {
    const child = fork(...entry(module, settings));
    let unusable: string | null = null;
    child.on('message', (message: WorkerMessage<Answer>) => {
      if (message.kind === 'ready') events.ready();
      else if (message.kind === 'answer') events.answered(message.id, message.answer);
      else unusable = message.detail;
    });
    let over = false;
    const exited = (reason: string) => {
      if (over) return;
      over = true;
      events.exited(unusable ?? reason);
    };
    child.on('exit', (status, signal) => exited(signal ? `killed by ${signal}` : `exited with ${status}`));
    child.on('error', (error) => {
      // If the process did not start, there will be no exit event. If its channel is broken, it is useless.
      if (child.pid === undefined) exited(error.message);
      else child.kill('SIGKILL');
    });
    return {
      pid: child.pid,
      send: (task) => {
        child.send(task, (error) => {
          if (error) child.kill('SIGKILL');
        });
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}

function entry(module: URL, settings: object): Parameters<typeof fork> {
  return [
    fileURLToPath(startedFile(module)),
    [JSON.stringify(settings)],
    {
      execArgv: fromSources ? ['--import', tsxModule().href] : [],
      env: workerEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  ];
}
