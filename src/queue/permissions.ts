import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../core/errors.ts';

/** What jobs may use on a worker. */
export interface Permissions {
  /** Files and results outside this folder are refused; relative paths start here. */
  readonly root: string;
  /** Hosts from which pictures and models may be fetched, such as `photos.example` or `photos.example:8443`; `*`: any. */
  readonly httpHosts: readonly string[];
  /** Buckets that may be read and written; `*`: any. */
  readonly buckets: readonly string[];
}

/** Something that a job names. */
export type Place =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly address: string; readonly redirect: 'follow' | 'error' }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

/** Whether a text is an address rather than a path. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text);
}

/** Bucket and key of `s3://bucket/key`; null for another text. The key may be empty. */
export function parseS3(text: string): { bucket: string; key: string } | null {
  const match = /^s3:\/\/([a-z\d][a-z\d.-]*)(?:\/(.*))?$/is.exec(text);
  return match && { bucket: match[1], key: match[2] ?? '' };
}

/**
 * What a job names, if this worker may use it. Links are followed before a path is compared with the root.
 * @throws InputError that names the path or address, where it is refused.
 */
export async function permittedPlace(text: string, permissions: Permissions): Promise<Place> {
  if (!isAddress(text)) return { kind: 'file', path: await permittedPath(text, permissions.root) };
  const s3 = parseS3(text);
  if (s3) {
    if (isListed(s3.bucket, permissions.buckets)) return { kind: 's3', ...s3 };
    throw new InputError(text, 'is refused: this worker was started without --allow-s3 for the bucket');
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InputError(text, 'is refused: expected a path, http(s)://… or s3://…');
  }
  if (url.username !== '' || url.password !== '')
    throw new InputError(`${url.protocol}//${url.host}`, 'is refused: the address holds credentials');
  if (isListed(url.host, permissions.httpHosts)) {
    // A redirection may lead to another host.
    const redirect = permissions.httpHosts.includes('*') ? 'follow' : 'error';
    return { kind: 'http', address: text, redirect };
  }
  throw new InputError(text, 'is refused: this worker was started without --allow-http for the host');
}

function isListed(name: string, allowed: readonly string[]): boolean {
  return allowed.includes('*') || allowed.includes(name);
}

async function permittedPath(text: string, root: string): Promise<string> {
  const top = await realpath(root);
  const path = await existingPath(resolve(top, text));
  const inside = relative(top, path);
  if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(top, inside) !== path) {
    throw new InputError(text, "is refused: it lies outside this worker's --root");
  }
  return path;
}

/** The path without links, as far as it exists. */
async function existingPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    return join(await existingPath(parent), basename(path));
  }
}
