import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

/** Debian's own interpreter, the one that has Debian's torchvision. */
const python = '/usr/bin/python3';

/** Runs a script of `test/oracle/`; gives what it printed. */
export function runOracle(script: string, args: readonly string[]): string {
  const path = fileURLToPath(new URL(`../oracle/${script}`, import.meta.url));
  return execFileSync(python, [path, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** `describe` where torchvision is installed; elsewhere skipped, with the reason in the title. */
export function describeWithTorchvision(title: string, tests: () => void): void {
  if (hasTorchvision()) describe(title, tests);
  else describe.skip(`${title} (skipped: python3-torchvision is not installed)`, tests);
}

function hasTorchvision(): boolean {
  try {
    execFileSync(python, ['-c', 'import torchvision'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
