import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { PageFile } from '../../page/page-files.ts';
import type { RouteHandler } from '../context.ts';

const compress = promisify(brotliCompress);

/**
 * What the page may load: models from any host that allows it, WebAssembly, no inline scripts or styles. Local servers
 * may be plain HTTP.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' blob: data: https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  // Both isolate the page from other origins, which browsers require for threads.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
};

/** Sends one file of the page; clients that accept Brotli get it compressed, once and for all at the first request. */
export function pageFileHandler(file: PageFile): RouteHandler {
  let compressed: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return async (c) => {
    const cache = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
    const common = { ...headers, etag: file.etag, 'cache-control': cache, vary: 'accept-encoding' };
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, common);
    const type = { 'content-type': file.type };
    if (!/\bbr\b/.test(c.req.header('accept-encoding') ?? '')) {
      return c.body(await readFile(file.path), 200, { ...common, ...type });
    }
    compressed ??= compressFile(file);
    return c.body(await compressed, 200, { ...common, ...type, 'content-encoding': 'br' });
  };
}

/** Runs off the event loop. The large files are WebAssembly, for which a higher quality gains little. */
async function compressFile({ path }: PageFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(path);
  const quality = bytes.length < 1e6 ? 10 : 4;
  return new Uint8Array(await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
}
