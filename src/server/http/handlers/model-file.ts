import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Problem } from '../../api/problem.ts';
import type { AppOptions, RouteHandler } from '../context.ts';

/**
 * Sends a model's file, for running the model elsewhere, such as in a browser; supports a single byte range, to resume
 * a download.
 * @throws Problem `unknown-model`, `bad-range`.
 */
export function modelFileHandler({ service }: Pick<AppOptions, 'service'>): RouteHandler {
  return async (c) => {
    const path = service.fileOf(c.req.param('name') ?? '');
    const { size, mtimeMs } = await stat(path);
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    const common = { etag, 'cache-control': 'no-cache', 'accept-ranges': 'bytes' };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, common);

    // The client would append a range of a changed file to the beginning of the old one.
    const current = (c.req.header('if-range') ?? etag) === etag;
    const range = current ? parseRange(c.req.header('range'), size) : null;
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const headers = {
      ...common,
      'content-type': 'application/octet-stream',
      'content-length': String(end - start + 1),
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    };
    const status = range ? 206 : 200;
    if (c.req.method === 'HEAD') return c.body(null, status, headers);
    const stream = Readable.toWeb(createReadStream(path, { start, end }));
    return c.body(stream as ReadableStream<Uint8Array<ArrayBuffer>>, status, headers);
  };
}

/**
 * Parses a `Range` header (RFC 9110, section 14.1.2); both ends are inclusive.
 * @returns Null if the whole file is to be sent: no header, another unit, several ranges.
 * @throws Problem `bad-range` if the range starts after the end of the file.
 */
export function parseRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1], match[2]].map((digits) => (digits === '' ? undefined : Number(digits)));
  const start = first ?? Math.max(0, size - (last ?? 0));
  const end = first === undefined ? size - 1 : Math.min(last ?? size - 1, size - 1);
  if (first !== undefined && last !== undefined && last < first) return null;
  if (start > end) {
    const detail = `the file has ${size} bytes; ${header} is outside of it`;
    throw new Problem('bad-range', detail, { 'content-range': `bytes */${size}` });
  }
  return { start, end };
}
