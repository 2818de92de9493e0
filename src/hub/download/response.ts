import { InputError } from '../../core/errors.ts';

/** An error after which the download is retried: a network failure, or a server that is busy. */
export class Interruption extends Error {}

/** Position of the first byte of a 206 response; NaN where the response does not say it. */
export function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(contentRange(response))?.[1] ?? Number.NaN);
}

/** Length in bytes of the whole file, by the `Content-Range` of a 206 or 416 response; null without it. */
export function rangeTotal(response: Response): number | null {
  const total = /\/(\d+)$/.exec(contentRange(response))?.[1];
  return total === undefined ? null : Number(total);
}

/**
 * Length in bytes of the whole file, by the headers of a full or partial response; null where they do not say it.
 * @param start Position of the response's first byte.
 */
export function wholeLength(response: Response, start: number): number | null {
  const length = response.headers.get('content-length');
  return rangeTotal(response) ?? (length === null ? null : start + Number(length));
}

/** The validator of the file for a later `If-Range`; empty where the server sends no suitable one. */
export function validatorOf(response: Response): string {
  const etag = response.headers.get('etag');
  // RFC 9110, 13.1.5: a weak ETag does not identify bytes and must not be used in If-Range.
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return response.headers.get('last-modified') ?? '';
}

/** The error for a response without the file. 408, 429 and 5xx are retried, any other status is final. */
export function statusError(url: string, response: Response): Error {
  const status = `HTTP ${response.status} ${response.statusText}`.trim();
  const passing = response.status >= 500 || response.status === 429 || response.status === 408;
  return passing ? new Interruption(status) : new InputError(url, `cannot be downloaded (${status})`);
}

function contentRange(response: Response): string {
  return response.headers.get('content-range') ?? '';
}
