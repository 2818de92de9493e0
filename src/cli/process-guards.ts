import { rmSync } from 'node:fs';
import { unfinishedFiles } from '../core/node/atomic-write.ts';
import { reportFailure } from './failure.ts';

/** Exit status of a process that a signal ended: 128 and the signal's number. */
const signalExit = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Makes every way out of the process clean: a signal removes half-written files and says so in one line; a
 * reader that closed our stdout (`| head`) ends us quietly; an uncaught error prints one line.
 */
export function guardProcess(): void {
  for (const [signal, status] of Object.entries(signalExit)) {
    process.on(signal, () => leave(status, signal === 'SIGINT' ? 'interrupted' : `ended by ${signal}`));
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') leave(0);
    else leave(1, `stdout: cannot be written (${error.message})`);
  });
  // Nobody is left to read what stderr would say; results still go where they were asked to.
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
  // The line break frees the row in which a progress bar stands.
  if (line !== undefined) process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}mask-rcnn: ${line}\n`);
  process.exit(status);
}

/** Synchronously, since the process is about to end. */
function removeUnfinished(): void {
  for (const file of unfinishedFiles()) {
    try {
      rmSync(file, { force: true });
    } catch {
      // The folder may have gone or changed its permissions; the other files are still worth removing.
    }
  }
}
