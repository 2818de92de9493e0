import { messageOf } from './errors.ts';

/** Why a `fetch` failed: the cause ("connect ECONNREFUSED …") where the error itself says only "fetch failed". */
export function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  // Where a host has several addresses, the cause has a code instead of a message.
  return messageOf(cause) || (cause as { code?: string }).code || 'the connection broke';
}
