/**
 * Runs programs one after another in one process, which saves their start: `run-programs.js REPORT PROGRAM…`. The report
 * is JSON: for each program, what it threw and what it wrote to stderr.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [report, ...programs] = process.argv.slice(2);
const outcomes = {};
const write = process.stderr.write;
for (const program of programs) {
  const outcome = { failure: null, stderr: '' };
  process.stderr.write = (text) => {
    outcome.stderr += text;
    return true;
  };
  try {
    await import(pathToFileURL(resolve(program)).href);
  } catch (error) {
    outcome.failure = error instanceof Error ? error.stack : String(error);
  } finally {
    process.stderr.write = write;
  }
  outcomes[program] = outcome;
}
writeFileSync(report, JSON.stringify(outcomes));
