import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { ortFiles } from '../../src/server/page/ort-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
};

/** A page with one view of `web/`, on a server of its own. */
export interface ViewPage {
  origin: string;
  close(): Promise<void>;
}

/**
 * Builds a page and serves it with the headers that isolate a page from others.
 * @param files Address on the page → a file here, or its bytes.
 * @param source A folder of `test/browser/` with an `index.html`.
 */
export async function startViewPage(
  files: Readonly<Record<string, string | Uint8Array>>,
  source = 'view',
): Promise<ViewPage> {
  const folder = mkdtempSync(join(tmpdir(), 'mask-rcnn-view-'));
  await build({
    root: `${root}test/browser/${source}`,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: folder, target: 'es2022', assetsInlineLimit: 0 },
  });
  const places = new Map<string, string>();
  for (const name of ortFiles) places.set(`/ort/${name}`, `${root}node_modules/onnxruntime-web/dist/${name}`);
  for (const [address, file] of Object.entries(files)) {
    const place = typeof file === 'string' ? file : join(folder, address);
    if (typeof file !== 'string') writeFileSync(place, file);
    places.set(address, place);
  }
  const server = await listen(async (path) => {
    const address = path === '/' ? '/index.html' : path;
    return readFile(places.get(address) ?? join(folder, address)).catch(() => null);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true });
    },
  };
}

function listen(read: (path: string) => Promise<Uint8Array | null>): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(String(request.url), 'http://localhost');
    const body = await read(pathname);
    response.writeHead(body ? 200 : 404, {
      'content-type': types[pathname === '/' ? '.html' : extname(pathname)] ?? 'application/octet-stream',
      // The page's own policy, but for the server on another port.
      'content-security-policy':
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' blob: data:; connect-src *",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
