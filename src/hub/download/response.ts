import { InputError } from '../../core/errors.ts';

/** What is worth another attempt: the network broke, or the server says that it is busy. */
export class Interruption extends Error {}

/** The position of the first byte that a 206 answer carries; NaN where it does not say. */
export function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(contentRange(response))?.[1] ?? Number.NaN);
}

/** Length in bytes of the whole file by `Content-Range`, which 206 and 416 answers have; null without it. */
export function rangeTotal(response: Response): number | null {
  const total = /\/(\d+)$/.exec(contentRange(response))?.[1];
  return total === undefined ? null : Number(total);
}

/**
 * Length in bytes of the whole file, from a full or a partial answer, or null where neither header says it.
 * @param start Position of the answer's first byte.
 */
export function wholeLength(response: Response, start: number): number | null {
  const length = response.headers.get('content-length');
  return rangeTotal(response) ?? (length === null ? null : start + Number(length));
}

/** What identifies the file's bytes in a later `If-Range`; empty where the server gives nothing fit for it. */
export function validatorOf(response: Response): string {
  const etag = response.headers.get('etag');
  // RFC 9110, 13.1.5: a weak ETag does not identify bytes and must not stand in If-Range.
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return response.headers.get('last-modified') ?? '';
}

/** The error for an answer without the file: 408, 429 and 5xx may pass, any other status is the last word. */
export function statusError(url: string, response: Response): Error {
  const status = `HTTP ${response.status} ${response.statusText}`.trim();
  const passing = response.status >= 500 || response.status === 429 || response.status === 408;
  return passing ? new Interruption(status) : new InputError(url, `cannot be downloaded (${status})`);
}

function contentRange(response: Response): string {
  return response.headers.get('content-range') ?? '';
}
