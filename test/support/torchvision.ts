import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** Debian's own interpreter, the one that has Debian's torchvision. */
const python = '/usr/bin/python3';

/** Whether torch and torchvision are there to be asked. */
export const hasTorchvision = existsSync(python) && succeeds(['-c', 'import torch, torchvision']);

/** Ends the title of a test that needs them. */
export const torchvisionNote = hasTorchvision ? '' : ' (skipped: python3-torchvision is not installed)';

/** Runs a script of `test/oracle/`; gives what it printed. */
export function runOracle(script: string, args: readonly string[]): string {
  const path = fileURLToPath(new URL(`../oracle/${script}`, import.meta.url));
  return execFileSync(python, [path, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/**
 * `describe` where torchvision is installed; elsewhere skipped, with the reason in the title. (A skipped
 * `describe` would still run `tests`, which may ask torchvision while it collects them.)
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
