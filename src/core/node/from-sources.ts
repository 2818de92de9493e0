import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Whether the program runs from its sources, as in tests and scripts. A thread or a process then needs tsx to compile
 * TypeScript; the package contains JavaScript.
 */
export const fromSources = import.meta.url.endsWith('.ts');

/** The file of a module that is started as a thread or a process. @param module Its URL without a file extension. */
export function startedFile(module: URL): URL {
  return new URL(`${module.href}${fromSources ? '.ts' : '.js'}`);
}

/** The module of tsx that `--import` takes. */
export function tsxModule(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
}
