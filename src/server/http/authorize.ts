import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.ts';

/**
 * Checks `Authorization: Bearer TOKEN` in a time that tells nothing of the token.
 * @throws Problem `unauthorized` where the header is absent or another one.
 */
export function authorize(header: string | undefined, token: string): void {
  const given = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  const detail = given === undefined ? 'expected the header Authorization: Bearer TOKEN' : 'wrong token';
  throw new Problem('unauthorized', detail, { 'www-authenticate': 'Bearer' });
}

/** Equal lengths, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
