import { execFileSync } from 'node:child_process';

/** The interpreter that has torchvision: Debian's, or the one that the environment variable TORCH_PYTHON names. */
export const torchPython = process.env.TORCH_PYTHON ?? '/usr/bin/python3';

/**
 * An interpreter that has these packages, or null: the one that the environment variable PYTHON names, or `python3`.
 * @param packages By the names under which they are imported.
 */
export function pythonWith(packages: readonly string[]): string | null {
  const python = process.env.PYTHON ?? 'python3';
  const found = packages.map((name) => `find_spec('${name}')`).join(' and ');
  try {
    execFileSync(python, ['-c', `from importlib.util import find_spec\nassert ${found}`], {
      stdio: 'ignore',
    });
    return python;
  } catch {
    return null;
  }
}
