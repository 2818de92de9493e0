import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Context } from 'hono';
import type { AppEnv } from '../http/context.ts';
import type { PageFile } from './page-files.ts';

const compress = promisify(brotliCompress);

/**
 * What the page may load. Models come from anywhere that allows it; WebAssembly has to be compiled; there is no inline
 * script or style.
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
  // Both isolate the page from others, for which it gets threads.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
};

/** `GET` of one file of the page, compressed at its first request where the browser takes Brotli. */
export function pageRoute(file: PageFile) {
  let compressed: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return async (c: Context<AppEnv>): Promise<Response> => {
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

/** Runs beside the event loop. The large files are WebAssembly, where more effort gains little. */
async function compressFile({ path }: PageFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(path);
  const quality = bytes.length < 1e6 ? 10 : 4;
  return new Uint8Array(await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
}
