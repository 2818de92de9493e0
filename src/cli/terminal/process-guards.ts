import { rmSync } from 'node:fs';
import { leftovers, onLeftovers } from '../../core/node/leftovers.ts';
import { reportFailure } from './failure.ts';

/** Exit status of a process ended by a signal: 128 plus the signal's number. */
const signalExit = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof signalExit;
const signals = Object.keys(signalExit) as Signal[];

/** What a command does at the first Ctrl-C or SIGTERM. */
let stop: (() => void) | null = null;
/** A command is stopping, so that the next signal ends it at once. */
let stopping = false;
let listening = false;

/**
 * Makes every exit of the process clean: a signal removes partial files and prints one line; a closed stdout
 * (`| head`) ends the process quietly; an uncaught error prints one line.
 *
 * Signals are listened to only while there is something to remove or to save: a listener runs between other work, so a
 * process that computes without a pause could not be ended.
 */
export function guardProcess(): void {
  onLeftovers(listenIfNeeded);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') leave(0);
    else leave(1, `stdout: cannot be written (${error.message})`);
  });
  // There is no reader for stderr; results still go to their destination.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', leaveWith);
  process.on('unhandledRejection', leaveWith);
}

/**
 * Lets a command handle the first Ctrl-C or SIGTERM itself; the next one ends the process.
 * @returns Restores the previous behaviour.
 */
export function onStopSignal(handle: () => void): () => void {
  stop = handle;
  listenIfNeeded();
  return () => {
    stop = null;
    stopping = false;
    listenIfNeeded();
  };
}

function listenIfNeeded(): void {
  const needed = stop !== null || stopping || leftovers().length > 0;
  if (needed === listening) return;
  listening = needed;
  for (const signal of signals) {
    if (needed) process.on(signal, signalled);
    else process.off(signal, signalled);
  }
}

function signalled(signal: Signal): void {
  if (stop === null || signal === 'SIGHUP') {
    leave(signalExit[signal], signal === 'SIGINT' ? 'interrupted' : `terminated by ${signal}`);
  }
  const handle = stop;
  stop = null;
  stopping = true;
  handle();
}

function leaveWith(error: unknown): never {
  reportFailure(error);
  return leave(1);
}

function leave(status: number, line?: string): never {
  removeLeftovers();
  // The line break leaves the row of a progress bar.
  if (line !== undefined) process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}mask-rcnn: ${line}\n`);
  process.exit(status);
}

/** Synchronous, because the process is about to exit. */
function removeLeftovers(): void {
  for (const file of leftovers()) {
    try {
      rmSync(file, { force: true });
    } catch {
      // The folder may have been removed or changed its permissions; the other files should still be removed.
    }
  }
}
