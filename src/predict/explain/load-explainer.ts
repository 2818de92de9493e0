import { openModelFile } from '../../model-file/model-file.ts';
import { nodeRuntime } from '../../runtime/node.ts';
import { findModel } from '../find-model.ts';
import type { LoadOptions } from '../load.ts';
import { compileExplainer, type Explainer } from './explainer.ts';

/**
 * Loads a model, ready to explain its predictions.
 * @param nameOrPath A model file, or a name that `mask-rcnn models` lists.
 * @throws what `load` throws.
 */
export async function loadExplainer(nameOrPath: string, options: LoadOptions = {}): Promise<Explainer> {
  const { threads, ...find } = options;
  const { config, weights } = await openModelFile(await findModel(nameOrPath, find));
  try {
    return await compileExplainer(config, weights, nodeRuntime, threads === undefined ? {} : { threads });
  } finally {
    await weights.close();
  }
}
