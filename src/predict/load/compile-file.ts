import type { ComputeOptions } from '../../config/device.ts';
import { openNodeRuntime } from '../../runtime/open-node-runtime.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import type { Compile } from '../compile.ts';

/**
 * Compiles an open weight file for Node and closes it, also after a failure.
 * @throws what `compile` throws.
 */
export async function compileFile<Config, Compiled>(
  { config, weights }: { config: Config; weights: WeightFile },
  { threads, device }: ComputeOptions,
  compile: Compile<Config, Compiled>,
): Promise<Compiled> {
  try {
    return await compile(config, weights, await openNodeRuntime(device), { threads });
  } finally {
    await weights.close();
  }
}
