import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  /** SPDX identifier. */
  readonly license: string;
}

/** The contents of this package's package.json. */
export function packageManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
}
