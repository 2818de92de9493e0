#!/usr/bin/env node
import module from 'node:module';
import { buildProgram } from './program.ts';
import { exitCodeOf, reportFailure } from './terminal/failure.ts';
import { guardProcess } from './terminal/process-guards.ts';

// Node keeps the compiled code for the next start; from version 22.8 on.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();
guardProcess();
try {
  const args = process.argv.slice(2);
  await (await buildProgram(args)).parseAsync(args, { from: 'user' });
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
