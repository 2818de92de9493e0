import { openModelFile } from '../../model-file/model-file.ts';
import { nodeRuntime } from '../../runtime/node.ts';
import { compileModel } from '../compile.ts';
import { findModel } from '../find-model.ts';
import { decode, type LoadOptions, type PictureSource } from '../load.ts';
import { Model } from '../model.ts';
import { compileMaskLogits, Explainer } from './explainer.ts';

/** A model that predicts, and explains when that is asked for. */
export interface ExplainableModel {
  model: Model<PictureSource>;
  /** Shares the model's sessions; what it needs besides is compiled at the first call. */
  explainer(): Promise<Explainer>;
}

/**
 * Loads a model for a process that mostly predicts.
 * @param nameOrPath A model file, or a name that `mask-rcnn models` lists.
 * @throws what `load` throws.
 */
export async function loadExplainable(
  nameOrPath: string,
  { threads, ...find }: LoadOptions = {},
): Promise<ExplainableModel> {
  const path = await findModel(nameOrPath, find);
  const options = threads === undefined ? {} : { threads };
  const { config, weights } = await openModelFile(path);
  try {
    const sessions = await compileModel(config, weights, nodeRuntime, options);
    const makeExplainer = async () => {
      const again = await openModelFile(path);
      try {
        const maskLogits = await compileMaskLogits(config, again.weights, nodeRuntime, options);
        return new Explainer(config, sessions, maskLogits);
      } finally {
        await again.weights.close();
      }
    };
    let explainer: Promise<Explainer> | undefined;
    return {
      model: new Model(config, sessions, decode),
      explainer: () => {
        explainer ??= makeExplainer();
        return explainer;
      },
    };
  } finally {
    await weights.close();
  }
}
