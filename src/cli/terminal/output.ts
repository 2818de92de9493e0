import { writeAtomically } from '../../core/node/atomic-write.ts';
import { oneLine, printableJson } from '../../core/printable.ts';

/**
 * Writes a value as JSON, followed by a line break.
 * @param target A file, or `-` for stdout.
 */
export async function writeJson(target: string, value: unknown, indent?: number): Promise<void> {
  await writeText(target, `${printableJson(value, indent)}\n`);
}

/** Writes text to a file (atomically), or to stdout if `target` is `-`. */
export async function writeText(target: string, text: string): Promise<void> {
  if (target !== '-') return writeAtomically(target, text);
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Prints one line on stdout. Names from elsewhere in it cannot forge another line or control the terminal. */
export function print(line: string): Promise<void> {
  return writeText('-', `${oneLine(line)}\n`);
}

/** The same on stderr. */
export function note(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`);
}

/** Prints one warning on stderr. */
export function warn(line: string): void {
  note(`warning: ${line}`);
}
