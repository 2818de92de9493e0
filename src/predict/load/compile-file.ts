import { openNodeRuntime } from '../../runtime/open-node-runtime.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import type { Compile } from '../compile.ts';

export interface ThreadOptions {
  /** Threads that one prediction uses. Default: one for each core. */
  threads?: number | undefined;
}

/**
 * Compiles an open weight file for Node and closes it, also after a failure.
 * @throws what `compile` throws.
 */
export async function compileFile<Config, Compiled>(
  { config, weights }: { config: Config; weights: WeightFile },
  options: ThreadOptions,
  compile: Compile<Config, Compiled>,
): Promise<Compiled> {
  try {
    return await compile(config, weights, await openNodeRuntime(), options);
  } finally {
    await weights.close();
  }
}
