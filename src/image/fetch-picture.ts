import { InputError } from '../core/errors.ts';
import { networkReason } from '../core/network-reason.ts';
import { refuseOffline } from '../core/node/offline.ts';

/** The largest picture file that is downloaded, in bytes. */
export const maxPictureBytes = 256 * 2 ** 20;

export interface FetchPictureOptions {
  /** The largest file that is downloaded, in bytes. Default 256 MiB. */
  readonly bytes?: number;
  /** The time that the download may take, in seconds. Default 60. */
  readonly seconds?: number;
  /** Whether redirections are followed. Default `follow`. */
  readonly redirect?: 'follow' | 'error';
  /** Ends the download; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether a source is an address and not a path. */
export function isPictureAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * Downloads a picture file over HTTP(S), in Node.
 * @throws InputError that names the address: refused by `MASK_RCNN_OFFLINE`, not reachable, an error of the server, too
 *   large, or too slow; the reason of the signal.
 */
export async function fetchPicture(address: string, options: FetchPictureOptions = {}): Promise<Uint8Array> {
  const { bytes = maxPictureBytes, seconds = 60, redirect = 'follow', signal } = options;
  refuseOffline(address);
  const late = AbortSignal.timeout(seconds * 1000);
  try {
    const response = await fetch(address, {
      signal: signal ? AbortSignal.any([signal, late]) : late,
      redirect,
    });
    if (!response.ok) {
      throw new InputError(address, `cannot be downloaded (${response.status} ${response.statusText})`);
    }
    return await bodyOf(response, address, bytes);
  } catch (error) {
    if (error instanceof InputError) throw error;
    signal?.throwIfAborted();
    const reason = late.aborted
      ? `takes more than ${seconds} seconds to download`
      : `cannot be downloaded (${networkReason(error)})`;
    throw new InputError(address, reason, { cause: error });
  }
}

async function bodyOf(response: Response, address: string, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new InputError(address, `has more than ${Math.round(maxBytes / 2 ** 20)} MiB`);
  if (Number(response.headers.get('content-length')) > maxBytes) {
    await response.body?.cancel();
    throw tooLarge;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    length += part.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw tooLarge;
    }
    parts.push(part.value);
  }
  return Buffer.concat(parts);
}
