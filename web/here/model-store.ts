import { PageError } from '../words/page-error.ts';

/** Bytes that have arrived; `total` is null where the server does not say. */
export interface Progress {
  loaded: number;
  total: number | null;
}

export interface FetchModelOptions {
  /** Such as the server's, with its token. Default `fetch`. */
  ask?: (url: string, init?: RequestInit) => Promise<Response>;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal | undefined;
}

const cacheName = 'mask-rcnn-models';
/** What identifies a version of a file: its ETag, else its size. Kept with the cached copy. */
const versionHeader = 'x-model-version';

/**
 * A model file's bytes: from the browser's cache where the server still has that version (or cannot be reached), else
 * downloaded and kept there.
 * @throws PageError with the URL and status if the file cannot be fetched; AbortError by the signal.
 */
export async function fetchModel(url: string, options: FetchModelOptions = {}): Promise<ArrayBuffer> {
  const { ask = fetch, onProgress, signal = null } = options;
  const address = new URL(url, document.baseURI).href;
  const cache = await openCache();
  const kept = await cache?.match(address);
  if (kept) {
    const current = await currentVersion(address, ask, signal);
    const isCurrent = current === 'unreachable' || current === kept.headers.get(versionHeader);
    if (isCurrent) return kept.arrayBuffer();
  }
  const response = await ask(address, { signal, cache: 'no-store' });
  if (!response.ok)
    throw new PageError('cannotFetch', { address, status: `${response.status} ${response.statusText}` });
  const bytes = await readAll(response, onProgress);
  const version = versionOf(response) ?? `size ${bytes.byteLength}`;
  // May fail on a full disk or in a private window; the model can be used anyway.
  await cache?.put(address, new Response(bytes, { headers: { [versionHeader]: version } })).catch(() => {});
  return bytes;
}

/** Caches exist only on https and on this machine. */
async function openCache(): Promise<Cache | null> {
  if (!('caches' in globalThis)) return null;
  return await caches.open(cacheName).catch(() => null);
}

async function currentVersion(
  address: string,
  ask: NonNullable<FetchModelOptions['ask']>,
  signal: AbortSignal | null,
): Promise<string | null> {
  try {
    const head = await ask(address, { method: 'HEAD', signal, cache: 'no-store' });
    return head.ok ? versionOf(head) : null;
  } catch (error) {
    if (signal?.aborted) throw error;
    return 'unreachable';
  }
}

function versionOf({ headers }: Response): string | null {
  const size = headers.get('content-length');
  return headers.get('etag') ?? (size === null ? null : `size ${size}`);
}

async function readAll(
  response: Response,
  onProgress: FetchModelOptions['onProgress'],
): Promise<ArrayBuffer> {
  const length = Number(response.headers.get('content-length'));
  // The length of a compressed body is not that of the file.
  const total = length > 0 && !response.headers.has('content-encoding') ? length : null;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value);
    loaded += part.value.length;
    onProgress?.({ loaded, total });
  }
  return await new Blob(parts).arrayBuffer();
}
