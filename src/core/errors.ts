/** What a person can mend: the message is one clear line and names the file, key or option at fault. */
export class MaskRcnnError extends Error {
  override name = 'MaskRcnnError';
}

/** Wrong input data. `source` is the file, URL or key that is at fault; the message starts with it. */
export class InputError extends MaskRcnnError {
  override name = 'InputError';
  readonly source: string;

  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(`${source}: ${problem}`, options);
    this.source = source;
  }
}

/** The command or function was called in a way that it does not offer (the command line exits with 2). */
export class UsageError extends MaskRcnnError {
  override name = 'UsageError';
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
