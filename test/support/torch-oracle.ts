import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Debian's interpreter, which has python3-torch and python3-torchvision. */
const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../oracle/weights.py', import.meta.url));

/** Whether torch and torchvision are there to be asked. */
export const hasTorch = existsSync(python) && succeeds(['-c', 'import torch, torchvision']);

/** Ends the title of a suite that needs them. */
export const torchNote = hasTorch ? '' : ' (SKIPPED: needs python3-torch and python3-torchvision of Debian)';

/** Runs `test/oracle/weights.py` and returns what it prints. */
export function askTorch(...args: string[]): string {
  return execFileSync(python, [script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

function succeeds(args: string[]): boolean {
  try {
    execFileSync(python, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
