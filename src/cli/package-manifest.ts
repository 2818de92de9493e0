import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  /** SPDX identifier. */
  readonly license: string;
}

/** What package.json says of this package. */
export function packageManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
}
