#!/usr/bin/env node
import { exitCodeOf, reportFailure } from './failure.ts';
import { guardProcess } from './process-guards.ts';
import { buildProgram } from './program.ts';

guardProcess();
try {
  const args = process.argv.slice(2);
  await (await buildProgram(args)).parseAsync(args, { from: 'user' });
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
