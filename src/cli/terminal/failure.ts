import { CommanderError } from 'commander';
import { DeviceError } from '../../config/device.ts';
import { MaskRcnnError, messageOf, UsageError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { oneLine } from '../../core/printable.ts';
import { note } from './output.ts';

/**
 * Thrown by a command that has already reported the problem on stderr (a picture among many, for instance):
 * the process exits with 1.
 */
export class ReportedFailure extends MaskRcnnError {
  override name = 'ReportedFailure';
}

/** @throws ReportedFailure, after a line that counts the pictures that failed, if there are any; each was reported. */
export function endReported(failed: number, pictures: number): void {
  if (failed === 0) return;
  note(`mask-rcnn: ${failed} of ${plural(pictures, 'picture')} failed`);
  throw new ReportedFailure(`${failed} of ${pictures} failed`);
}

/**
 * The exit status for anything that a command threw: 0 after --help and --version, 2 for usage errors, else
 * 1.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof UsageError ? 2 : 1;
}

/** Prints the error as one line on stderr, and its stack if MASK_RCNN_DEBUG=1. */
export function reportFailure(error: unknown): void {
  // commander has already printed its own message, or the requested help.
  if (error instanceof CommanderError || error instanceof ReportedFailure) return;
  process.stderr.write(`${describeFailure(error, process.env.MASK_RCNN_DEBUG === '1')}\n`);
}

/**
 * The text that `reportFailure` prints. `debug` adds the stack, including the causes that the runtime
 * appends.
 */
export function describeFailure(error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `\n${stackWithCauses(error)}` : '';
  // On the command line a device is always that of the option.
  if (error instanceof DeviceError) return `mask-rcnn: --${error.message}${stack}`;
  if (error instanceof MaskRcnnError) return `mask-rcnn: ${error.message}${stack}`;
  const hint = debug ? '' : ' (set MASK_RCNN_DEBUG=1 for a stack trace)';
  return `mask-rcnn: unexpected error: ${oneLine(messageOf(error).replaceAll(/\s*\n\s*/g, ' '))}${hint}${stack}`;
}

function stackWithCauses(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackWithCauses(error.cause)}` : stack;
}
