import { rmSync } from 'node:fs';
import { unfinishedFiles } from '../core/node/atomic-write.ts';
import { reportFailure } from './failure.ts';

/** Exit status of a process ended by a signal: 128 plus the signal's number. */
const signalExit = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Makes every exit of the process clean: a signal removes partial files and prints one line; a closed stdout
 * (`| head`) ends the process quietly; an uncaught error prints one line.
 */
export function guardProcess(): void {
  for (const [signal, status] of Object.entries(signalExit)) {
    process.on(signal, () => leave(status, signal === 'SIGINT' ? 'interrupted' : `terminated by ${signal}`));
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') leave(0);
    else leave(1, `stdout: cannot be written (${error.message})`);
  });
  // There is no reader for stderr; results still go to their destination.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', leaveWith);
  process.on('unhandledRejection', leaveWith);
}

function leaveWith(error: unknown): never {
  reportFailure(error);
  return leave(1);
}

function leave(status: number, line?: string): never {
  removeUnfinished();
  // The line break leaves the row of a progress bar.
  if (line !== undefined) process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}mask-rcnn: ${line}\n`);
  process.exit(status);
}

/** Synchronous, because the process is about to exit. */
function removeUnfinished(): void {
  for (const file of unfinishedFiles()) {
    try {
      rmSync(file, { force: true });
    } catch {
      // The folder may have been removed or changed its permissions; the other files should still be removed.
    }
  }
}
