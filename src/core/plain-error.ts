import { InputError, MaskRcnnError, messageOf, stackOf, UsageError } from './errors.ts';
import { shownSource } from './printable.ts';

/** An error on its way between threads or processes, on which classes do not survive. */
export interface PlainError {
  readonly kind: 'input' | 'usage' | 'expected' | 'unexpected';
  readonly message: string;
  /** The file at fault, of an `InputError`. */
  readonly source?: string;
  /** Of an unexpected error. */
  readonly stack?: string;
}

export function toPlainError(error: unknown): PlainError {
  const message = messageOf(error);
  if (error instanceof InputError) return { kind: 'input', message, source: error.source };
  if (error instanceof UsageError) return { kind: 'usage', message };
  if (error instanceof MaskRcnnError) return { kind: 'expected', message };
  return { kind: 'unexpected', message, stack: stackOf(error) };
}

/** @returns An InputError, a UsageError, another MaskRcnnError, or an Error with the stack that it had. */
export function fromPlainError({ kind, message, source = '', stack }: PlainError): Error {
  if (kind === 'input') return new InputError(source, message.slice(shownSource(source).length + 2));
  if (kind === 'usage') return new UsageError(message);
  if (kind === 'expected') return new MaskRcnnError(message);
  return Object.assign(new Error(message), { stack });
}
