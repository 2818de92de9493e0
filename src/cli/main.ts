#!/usr/bin/env node
import { exitCodeOf, reportFailure } from './failure.ts';
import { guardProcess } from './process-guards.ts';
import { buildProgram } from './program.ts';

guardProcess();
try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
