import type { Command } from 'commander';
import { vi } from 'vitest';

/** Runs a command within this process; what it prints, and what it throws. Restore the mocks afterwards. */
export async function runCommand(
  command: Command,
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; error: unknown }> {
  let [stdout, stderr] = ['', ''];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockImplementation((text, done) => {
    stdout += String(text);
    (done as (() => void) | undefined)?.();
    return true;
  });
  const error = await command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(args, { from: 'user' })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return { stdout, stderr, error };
}
