import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromSources } from '../../core/node/from-sources.ts';
import { ortFiles, ortFolder } from './ort-files.ts';

/** A file of the web page. */
export interface PageFile {
  path: string;
  type: string;
  /** Quoted. A hash of the content or, for large files, of size and modification time. */
  etag: string;
  /** Whether the file name changes with the content, so that browsers can cache it for good. */
  immutable: boolean;
}

/** URL path → file. Nothing else is served, whatever the request's path. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Where the build puts the page: beside the compiled server or, run from the sources, in `dist/`. */
export function builtPageFolder(): string {
  return fileURLToPath(new URL(fromSources ? '../../../dist/web' : '../../web', import.meta.url));
}

/**
 * Lists the files of the built page, and ONNX Runtime's files under `/ort/`.
 * @returns Empty if the page has not been built.
 */
export async function listPageFiles(folder: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const url = `/${relative(folder, path).split(sep).join('/')}`;
    const immutable = url.startsWith('/assets/');
    const file = await describe(path, immutable);
    files.set(url === '/index.html' ? '/' : url, file);
  }
  if (!files.has('/')) return new Map();
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  for (const name of ortFiles) files.set(`/${ortFolder}/${name}`, await describe(join(runtime, name), false));
  return files;
}

async function describe(path: string, immutable: boolean): Promise<PageFile> {
  const type = types[extname(path)] ?? 'application/octet-stream';
  const { size, mtimeMs } = await stat(path);
  const state = size < 1e6 ? await readFile(path) : `${size} ${mtimeMs}`;
  const etag = `"${createHash('sha256').update(state).digest('base64url').slice(0, 22)}"`;
  return { path, type, etag, immutable };
}
