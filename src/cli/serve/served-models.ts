import { basename, extname } from 'node:path';
import { MaskRcnnError } from '../../core/errors.ts';
import { shippedModels } from '../../hub/resolve-model.ts';
import type { ServedModel } from '../../server/work/service.ts';
import { modelFile } from '../options/model-argument.ts';

/** The default of `--max-pixels` for requests, in megapixels. */
export const defaultServedMegapixels = 50;

export interface ServedModelOptions {
  model?: string[];
  offline?: true;
}

/**
 * The models of repeated `--model` options, or those shipped with the package.
 * @throws MaskRcnnError where there are none; what `modelFile` throws.
 */
export async function servedModels({ model, offline }: ServedModelOptions): Promise<ServedModel[]> {
  if (model === undefined) {
    const shipped = await shippedModels();
    if (shipped.length === 0)
      throw new MaskRcnnError('this package includes no model; specify one with --model');
    return shipped.map(({ name, path }) => ({ name, file: path }));
  }
  const models: ServedModel[] = [];
  // One after another, so that the progress of downloads does not interleave.
  for (const nameOrPath of model) {
    const file = await modelFile(nameOrPath, offline);
    models.push({ name: nameOrPath === file ? basename(file, extname(file)) : nameOrPath, file });
  }
  return models;
}
