import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { JobAnswer, WorkerMessage, WorkerSettings, WorkerTask } from './messages.ts';

/** A running worker. */
export interface WorkerHandle {
  readonly pid: number | undefined;
  /** Hands over a task. Where the worker is about to end, its exit is told and the task not answered. */
  send(task: WorkerTask): void;
  /** Ends it at once; it keeps nothing that could be lost. */
  kill(): void;
}

/** What a worker tells; `exited` is the last. */
export interface WorkerEvents {
  ready(): void;
  answered(id: number, answer: JobAnswer): void;
  /** @param reason For a person: `ended by SIGKILL`, or why the model cannot be loaded. */
  exited(reason: string): void;
}

/** Starts a worker. */
export type StartWorker = (events: WorkerEvents) => WorkerHandle;

/** Starts processes that run `worker.ts`. Their stderr is this process' own. */
export function workerProcesses(settings: WorkerSettings): StartWorker {
  return (events) => {
    const child = fork(...entry(settings));
    let unusable: string | null = null;
    child.on('message', (message: WorkerMessage) => {
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
    child.on('exit', (status, signal) => exited(signal ? `ended by ${signal}` : `exited with ${status}`));
    child.on('error', (error) => {
      // Without a process there is no exit; of one that lives on with a broken channel nothing can be asked.
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

/** The package has JavaScript; from the sources, a process needs the compiler that tests and scripts run under. */
function entry(settings: WorkerSettings): Parameters<typeof fork> {
  const fromSources = import.meta.url.endsWith('.ts');
  const file = new URL(fromSources ? './worker.ts' : './worker.js', import.meta.url);
  const execArgv = fromSources
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return [
    fileURLToPath(file),
    [JSON.stringify(settings)],
    { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  ];
}
