import { InputError } from '../../core/errors.ts';
import { joinBytes } from '../../core/join-arrays.ts';
import { networkReason } from '../../core/network-reason.ts';

/** Bytes of a model file that have arrived. */
export interface FetchProgress {
  readonly stage: 'download';
  readonly done: number;
  /** Of the whole file; null where the server does not say. */
  readonly total: number | null;
}

export interface FetchOptions {
  /** Called while a model file is downloaded. */
  onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** Aborts the download; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/**
 * Fetches a model file.
 * @param redirect Whether redirections are followed.
 * @throws InputError that names the address where it cannot be fetched, or an HTML page comes instead; the reason of
 *   the signal.
 */
export async function fetchModel(
  source: string | URL,
  options: FetchOptions,
  redirect: 'follow' | 'error' = 'follow',
): Promise<Uint8Array> {
  const { signal } = options;
  const name = String(source);
  try {
    const response = await fetch(source, { redirect, ...(signal ? { signal } : {}) });
    if (!response.ok)
      throw new InputError(name, `cannot be fetched (${response.status} ${response.statusText})`);
    const bytes = await readBody(response, options);
    if (isHtml(bytes)) throw new InputError(name, htmlProblem);
    return bytes;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    throw new InputError(name, `cannot be fetched (${networkReason(error)})`, { cause: error });
  }
}

/** What a server of a single-page application answers to addresses that it does not know. */
const htmlProblem =
  'the server sent an HTML page, not a model file; in a browser, give the address at which the model file is served, ' +
  "such as '/models/photos.safetensors'";

/** A model file starts with the length of its header, eight bytes that no page starts with. */
function isHtml(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 256));
  return /^\s*<(!doctype|!--|html|head|body|\?xml)/i.test(start);
}

async function readBody(response: Response, { onProgress }: FetchOptions): Promise<Uint8Array> {
  if (!onProgress || !response.body) return new Uint8Array(await response.arrayBuffer());
  const length = Number(response.headers.get('content-length'));
  // The length of a compressed body is not that of the file.
  const total = length > 0 && !response.headers.has('content-encoding') ? length : null;
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    done += part.value.length;
    onProgress({ stage: 'download', done, total });
  }
  return joinBytes(parts);
}
