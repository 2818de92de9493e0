import type { PublishedModel } from '../../hub/published.ts';
import { type ResolveOptions, resolveModel } from '../../hub/resolve-model.ts';
import { importWeights } from '../../import/import-weights.ts';
import { openSemanticFile } from '../../import/semantic-file.ts';
import { writeModelFile } from '../../model-file/model-file.ts';

export type FindModelOptions = Omit<ResolveOptions, 'convert' | 'times'>;

/**
 * The local file of a model: a path, a shipped model's name, or a published model's, which is downloaded and
 * converted on first use.
 * @throws what `resolveModel` and `importWeights` throw.
 */
export function findModel(nameOrPath: string, options: FindModelOptions = {}): Promise<string> {
  return resolveModel(nameOrPath, { ...options, convert: convertPublished });
}

async function convertPublished(source: string, target: string, model: PublishedModel): Promise<void> {
  const { config, weights } = await (model.task === 'semantic segmentation'
    ? openSemanticFile(source)
    : importWeights({ path: source, arch: model.arch }));
  const norm = { ...config.backbone.norm, eps: model.batchNormEps };
  try {
    await writeModelFile(target, { ...config, backbone: { ...config.backbone, norm } }, weights);
  } finally {
    await weights.close();
  }
}
