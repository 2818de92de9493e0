import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { AppEnv, AppOptions } from './context.ts';
import { Problem } from './problem.ts';

/**
 * `GET /v1/models/{name}/file`: the model's file, for running it elsewhere, such as in a browser. One range of bytes may
 * be asked for, to go on with a download.
 * @throws Problem `unknown-model`, `bad-range`.
 */
export function modelFileRoute({ service }: Pick<AppOptions, 'service'>) {
  return async (c: Context<AppEnv>): Promise<Response> => {
    const path = service.fileOf(c.req.param('name') ?? '');
    const { size, mtimeMs } = await stat(path);
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
    const common = { etag, 'cache-control': 'no-cache', 'accept-ranges': 'bytes' };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, common);

    // A range of a file that has changed meanwhile would be glued to the old one's beginning.
    const current = (c.req.header('if-range') ?? etag) === etag;
    const range = current ? parseRange(c.req.header('range'), size) : null;
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const headers = {
      ...common,
      'content-type': 'application/octet-stream',
      'content-length': String(end - start + 1),
      'cross-origin-resource-policy': 'same-origin',
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    };
    const status = range ? 206 : 200;
    if (c.req.method === 'HEAD') return c.body(null, status, headers);
    const stream = Readable.toWeb(createReadStream(path, { start, end }));
    return c.body(stream as ReadableStream<Uint8Array<ArrayBuffer>>, status, headers);
  };
}

/**
 * The bytes of a `Range` header (RFC 9110, section 14.1.2), both ends included.
 * @returns Null where everything is to be sent: no header, another unit, several ranges.
 * @throws Problem `bad-range` where the range begins after the end.
 */
export function parseRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1], match[2]].map((digits) => (digits === '' ? undefined : Number(digits)));
  const start = first ?? Math.max(0, size - (last ?? 0));
  const end = first === undefined ? size - 1 : Math.min(last ?? size - 1, size - 1);
  if (first !== undefined && last !== undefined && last < first) return null;
  if (start > end) {
    const detail = `the file has ${size} bytes, ${header} asks for none of them`;
    throw new Problem('bad-range', detail, { 'content-range': `bytes */${size}` });
  }
  return { start, end };
}
