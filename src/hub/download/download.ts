import { InputError } from '../../core/errors.ts';
import { networkReason } from '../../core/network-reason.ts';
import { pause } from '../../core/node/pause.ts';
import {
  appendToPart,
  beginPart,
  discardPart,
  explainPartError,
  needSpace,
  sizeOnDisk,
  validatorOfPart,
} from './part.ts';
import { Interruption, rangeStart, rangeTotal, statusError, validatorOf, wholeLength } from './response.ts';

export interface DownloadTimes {
  /** Consecutive failures, without a mebibyte of progress in between, before giving up. Default 5. */
  retries?: number;
  /** Milliseconds without any data after which the connection counts as broken. Default 30,000. */
  stallTimeout?: number;
  /** Milliseconds before the first retry; doubled for each further one, up to 30 s. Default 1000. */
  backoff?: number;
}

export interface DownloadOptions extends DownloadTimes {
  /** Bytes of the whole file if known; another length from the server is an error. */
  size: number | null;
  /** Called with the bytes on disk, and the whole length once it is known. */
  onProgress?: (done: number, total: number | null) => void;
  /** Aborts the download, which can be resumed later; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** Bytes that an attempt must receive to reset the count of failures. */
const worthwhile = 1 << 20;

/**
 * Downloads an address into a file, and resumes a part that an earlier attempt or process left there. The server's
 * validator (ETag) is kept in `<part>.etag`, so that a file which has changed since is downloaded from the beginning.
 * @param part Path of the download; afterwards the whole file. It is kept where the download can be resumed later.
 * @returns Whether data of an earlier attempt was used. Only then can a wrong checksum result from combining parts.
 * @throws InputError that names the address (gone, wrong length, retries exhausted) or the folder (disk full,
 *   not writable); the reason of the signal.
 */
export async function download(url: string, part: string, options: DownloadOptions): Promise<boolean> {
  const { size, retries = 5, backoff = 1000, signal } = options;
  if (size !== null && (await sizeOnDisk(part)) > size) await discardPart(part);
  await needSpace(part, size);
  for (let failures = 0, resumed = false; ; ) {
    const before = await sizeOnDisk(part);
    if (before > 0 && before === size) return true;
    signal?.throwIfAborted();
    try {
      return (await attempt(url, part, options)) || resumed;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Interruption)) throw await explainPartError(error, part);
      const kept = await sizeOnDisk(part);
      resumed ||= kept > 0;
      failures = kept - before >= worthwhile ? 1 : failures + 1;
      if (failures > retries) {
        const rest =
          kept > 0 ? `; the ${kept} bytes received are kept, the next pull resumes from there` : '';
        throw new InputError(url, `cannot be downloaded (${error.message})${rest}`, { cause: error });
      }
      await pause(Math.min(30_000, backoff * 2 ** (failures - 1)), signal);
    }
  }
}

/** A single request. @returns Whether the server continued an earlier part. */
async function attempt(url: string, part: string, options: DownloadOptions): Promise<boolean> {
  const { size, onProgress, stallTimeout = 30_000, signal } = options;
  const offset = await sizeOnDisk(part);
  const stall = stallGuard(stallTimeout);
  try {
    const ends = signal ? AbortSignal.any([stall.signal, signal]) : stall.signal;
    const response = await request(url, await headersFor(part, offset), ends);
    if (response.status === 416) return await rangeRefused(response, part, offset);
    if (!response.ok || response.body === null) throw await refuse(response, statusError(url, response));
    const start = response.status === 206 ? rangeStart(response) : 0;
    if (start !== 0 && start !== offset) {
      await discardPart(part);
      throw await refuse(
        response,
        new Interruption(`requested bytes from ${offset}, received them from ${start}`),
      );
    }
    const total = wholeLength(response, start) ?? size;
    if (size !== null && total !== size) {
      throw await refuse(response, new InputError(url, `has ${total} bytes on the server, expected ${size}`));
    }
    if (start === 0) await beginPart(part, validatorOf(response));
    const done = await appendToPart(part, start, chunksOf(response.body), (done) => {
      stall.reset();
      onProgress?.(done, total);
      return total === null || done <= total;
    });
    if (total !== null && done > total) {
      await discardPart(part);
      throw new InputError(url, `sends more than the expected ${total} bytes`);
    }
    if (total !== null && done < total)
      throw new Interruption(`was interrupted after ${done} of ${total} bytes`);
    return start > 0;
  } catch (error) {
    throw stall.signal.aborted ? new Interruption(`no data for ${stallTimeout / 1000} s`) : error;
  } finally {
    stall.stop();
  }
}

async function request(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, signal });
  } catch (error) {
    throw new Interruption(networkReason(error), { cause: error });
  }
}

async function headersFor(part: string, offset: number): Promise<Record<string, string>> {
  // A compressed response could neither be resumed nor measured.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (offset === 0) return headers;
  headers.range = `bytes=${offset}-`;
  const validator = await validatorOfPart(part);
  if (validator !== '') headers['if-range'] = validator;
  return headers;
}

/** 416: the file has nothing beyond our offset. Either the part is complete, or it belongs to another file. */
async function rangeRefused(response: Response, part: string, offset: number): Promise<boolean> {
  const whole = rangeTotal(response);
  await response.body?.cancel();
  if (whole === offset) return true;
  await discardPart(part);
  throw new Interruption(`the server has ${whole ?? 'fewer'} bytes, the part has ${offset}`);
}

/** Closes the connection of a response that is not used. @returns The error, to be thrown. */
async function refuse(response: Response, error: Error): Promise<Error> {
  await response.body?.cancel();
  return error;
}

/** The chunks of a body. A network failure throws an `Interruption`. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw new Interruption(networkReason(error), { cause: error });
  } finally {
    // Closes the connection if the consumer stops early. For a broken body this rejects with the error thrown above.
    await reader.cancel().catch(() => {});
  }
}

function stallGuard(timeout: number): { signal: AbortSignal; reset: () => void; stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  return {
    signal: controller.signal,
    reset: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}
