import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, MaskRcnnError } from '../core/errors.ts';
import { type LockTimes, withLock } from '../core/node/lock.ts';
import { makeFolder } from '../core/node/make-folder.ts';
import { isOffline } from '../core/node/offline.ts';
import { sha256Of } from '../core/node/sha256.ts';
import { downloadedPath } from './cache.ts';
import { type DownloadTimes, download } from './download/download.ts';
import { discardPart, sizeOnDisk } from './download/part.ts';
import type { PublishedModel } from './published.ts';

/** The state of a pull: downloading, or waiting for another process that downloads the same file. */
export interface PullProgress {
  stage: 'download' | 'wait';
  /** Bytes of the file on disk. */
  done: number;
  /** Bytes of the whole file; null: not known yet. */
  total: number | null;
}

export interface PullOptions {
  /** Forbids downloads. Default: whether `MASK_RCNN_OFFLINE` is 1. */
  offline?: boolean | undefined;
  onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Aborts the download, which the next pull resumes; its reason is thrown. */
  signal?: AbortSignal | undefined;
  /** For tests and slow networks. */
  times?: DownloadTimes & { lock?: LockTimes };
}

/**
 * Ensures that a published file is in the cache, complete and with the published checksum. It is written under another
 * name and renamed at the end, so a file under its own name is always complete. Several processes may pull
 * concurrently.
 * @returns Path of the file.
 * @throws InputError that names the address or folder at fault; MaskRcnnError where downloads are forbidden and the
 *   file is missing; the reason of the signal.
 */
export async function pull(model: PublishedModel, options: PullOptions = {}): Promise<string> {
  options.signal?.throwIfAborted();
  const path = downloadedPath(model);
  if (await isIntact(path, model)) return path;
  if (options.offline ?? isOffline()) throw offlineError(model, path);
  await makeFolder(dirname(path));
  const { onProgress, times, signal } = options;
  return withLock(
    `${path}.lock`,
    async () => {
      // Another process may have finished while we waited for the lock.
      if (!(await isIntact(path, model))) await fetchChecked(model, path, options);
      return path;
    },
    {
      whileWaiting: async () =>
        onProgress?.({ stage: 'wait', done: await sizeOnDisk(`${path}.part`), total: model.size }),
      times: times?.lock,
      signal,
    },
  );
}

/** The address of a published file: the publisher's, or on the mirror in `MASK_RCNN_MIRROR`. */
export function addressOf(model: PublishedModel): string {
  const base = process.env.MASK_RCNN_MIRROR || model.baseUrl;
  return `${base.replace(/\/$/, '')}/${model.fileName}`;
}

async function fetchChecked(model: PublishedModel, path: string, options: PullOptions): Promise<void> {
  const url = addressOf(model);
  const part = `${path}.part`;
  const { onProgress, times, signal } = options;
  for (let again = false; ; again = true) {
    const resumed = await download(url, part, {
      ...times,
      size: model.size,
      signal,
      onProgress: (done, total) => onProgress?.({ stage: 'download', done, total }),
    });
    const sha256 = await sha256Of(part);
    if (sha256.startsWith(model.sha256)) break;
    await discardPart(part);
    // Parts of several responses may not belong together. A file from a single response is what the server has.
    if (resumed && !again) continue;
    throw new InputError(url, `has sha256 ${sha256}, expected ${model.sha256}; the download was discarded`);
  }
  await rename(part, path);
  await discardPart(part);
}

/** The checksum also detects files that were put there by hand, or were damaged since. */
async function isIntact(path: string, model: PublishedModel): Promise<boolean> {
  const size = await sizeOnDisk(path);
  if (size === 0 || (model.size !== null && size !== model.size)) return false;
  return (await sha256Of(path)).startsWith(model.sha256);
}

function offlineError(model: PublishedModel, path: string): MaskRcnnError {
  return new MaskRcnnError(
    `${model.name}: not in the cache, and downloads are disabled (offline): download ${addressOf(model)} ` +
      `on another machine and copy it to ${path}`,
  );
}
