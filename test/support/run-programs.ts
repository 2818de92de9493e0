import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from './cli-process.ts';

export interface ProgramOutcome {
  /** What it threw, with its stack; null where it ended well. */
  readonly failure: string | null;
  readonly stderr: string;
}

const runner = fileURLToPath(new URL('run-programs.js', import.meta.url));

/**
 * Runs JavaScript modules one after another in one process of Node, which must end by itself after the last.
 * @param programs Paths, relative to the folder that they run in.
 */
export async function runPrograms(
  folder: string,
  programs: readonly string[],
): Promise<Record<string, ProgramOutcome>> {
  const temporary = mkdtempSync(join(tmpdir(), 'run-programs-'));
  const report = join(temporary, 'report.json');
  try {
    const { status, stderr } = await runProcess(process.execPath, [runner, report, ...programs], {
      cwd: folder,
    });
    if (status !== 0) throw new Error(`the programs ended with ${status}: ${stderr}`);
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
