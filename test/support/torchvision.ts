import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** Debian's own interpreter, for which Debian packages torchvision. */
const python = '/usr/bin/python3';

// Finding the packages takes milliseconds, importing them seconds.
const findPackages = `
from importlib.util import find_spec
assert find_spec('torch') and find_spec('torchvision')`;

/** Whether torch and torchvision are installed. */
export const hasTorchvision = existsSync(python) && succeeds(['-c', findPackages]);

/** Ends the title of a test that needs them. */
export const torchvisionNote = hasTorchvision ? '' : ' (skipped: python3-torchvision is not installed)';

/** Runs a script of `test/oracle/`. @returns Its output. */
export function runOracle(script: string, args: readonly string[]): string {
  const path = fileURLToPath(new URL(`../oracle/${script}`, import.meta.url));
  return execFileSync(python, [path, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/**
 * `describe` if torchvision is installed; otherwise skipped, with the reason in the title. (A skipped `describe` would
 * still run `tests`, which may call torchvision while it collects them.)
 */
export function describeWithTorchvision(title: string, tests: () => void): void {
  if (hasTorchvision) describe(title, tests);
  else it.skip(`${title}${torchvisionNote}`, () => {});
}

function succeeds(args: string[]): boolean {
  try {
    execFileSync(python, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
