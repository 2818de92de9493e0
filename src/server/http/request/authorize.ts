import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../api/problem.ts';

/**
 * Checks the header `Authorization: Bearer TOKEN` in constant time.
 * @throws Problem `unauthorized` if the header is missing or has another token.
 */
export function authorize(header: string | undefined, token: string): void {
  const given = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  const detail = given === undefined ? 'expected the header Authorization: Bearer TOKEN' : 'wrong token';
  throw new Problem('unauthorized', detail, { 'www-authenticate': 'Bearer' });
}

/** `timingSafeEqual` needs equal lengths. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
