import { UsageError } from '../../core/errors.ts';
import { shownValue } from '../../core/printable.ts';
import type { PublishedModel } from '../../hub/published.ts';
import { type LoadProgress, resolveModel } from '../../hub/resolve-model.ts';
import { writeModelFile } from '../../model-file/model-file.ts';

export interface FindModelOptions {
  /** Forbids downloads. Default: whether `MASK_RCNN_OFFLINE` is 1. */
  offline?: boolean | undefined;
  /** Called while a published model is downloaded and converted. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Aborts a download, which the next call resumes; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/**
 * The local file of a model: a path, a shipped model's name, or a published model's, which is downloaded and
 * converted at its first use.
 * @throws UsageError where it is no text; what `resolveModel` and `importWeights` throw.
 */
export async function findModel(nameOrPath: string, options: FindModelOptions = {}): Promise<string> {
  const given: unknown = nameOrPath;
  if (typeof given !== 'string' && !(given instanceof URL))
    throw new UsageError(`a model is given by its name or the path of its file; got ${shownValue(given)}`);
  return resolveModel(nameOrPath, { ...options, convert: convertPublished });
}

async function convertPublished(source: string, target: string, model: PublishedModel): Promise<void> {
  const { config, weights } = await openPublished(source, model);
  const norm = { ...config.backbone.norm, eps: model.batchNormEps };
  try {
    await writeModelFile(target, { ...config, backbone: { ...config.backbone, norm } }, weights);
  } finally {
    await weights.close();
  }
}

/** What reads files of other programs loads only for them. */
async function openPublished(source: string, { task, arch }: PublishedModel) {
  if (task === 'semantic segmentation') {
    const { openSemanticFile } = await import('../../import/semantic-file.ts');
    return openSemanticFile(source);
  }
  const { importWeights } = await import('../../import/import-weights.ts');
  return importWeights({ path: source, arch });
}
