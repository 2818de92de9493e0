import { oneLine, shownSource } from './printable.ts';

/**
 * An error that the user can fix. Its message is one line and names the file, key or option at fault; whatever it quotes
 * from elsewhere can be printed.
 */
export class MaskRcnnError extends Error {
  override name = 'MaskRcnnError';

  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}

/** Invalid input. `source` is the file, URL or key at fault; the message starts with it, or with its start and end. */
export class InputError extends MaskRcnnError {
  override name = 'InputError';
  readonly source: string;

  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(`${shownSource(source)}: ${problem}`, options);
    this.source = source;
  }
}

/** A command or function was called with invalid options. The command line exits with 2. */
export class UsageError extends MaskRcnnError {
  override name = 'UsageError';
}

/** The message of any thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The stack of any thrown value, for a log; it starts with the message. */
export function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
