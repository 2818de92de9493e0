import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultModel } from '../core/default-model.ts';
import { InputError, MaskRcnnError } from '../core/errors.ts';
import { didYouMean } from '../core/near-names.ts';
import { shownSource } from '../core/printable.ts';
import { convertedPath } from './cache.ts';
import { findPublished, type PublishedModel, publishedModels } from './published.ts';
import { type PullOptions, type PullProgress, pull } from './pull.ts';

/** The state of a load: a pull, or the conversion of the pulled file. */
export type LoadProgress = PullProgress | { stage: 'convert' };

export interface ResolveOptions extends Omit<PullOptions, 'onProgress'> {
  /** Called while a model is downloaded and converted; not where its file is there. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /**
   * Converts a published file into a model file at `target`, atomically. It is injected, since this layer is below
   * those that read weights and build models.
   */
  convert: (source: string, target: string, model: PublishedModel) => Promise<void>;
}

/** A model that is shipped with the package. */
export interface ShippedModel {
  name: string;
  /** Absolute. */
  path: string;
  /** Bytes. */
  size: number;
}

/**
 * Finds the file of a model: the path of a file is returned as it is; a name is that of a model shipped with the
 * package, or of a published one, which is pulled and converted at its first use. A folder of that name does not matter.
 * @returns Path of a local file.
 * @throws MaskRcnnError that lists similar names where a name is unknown; InputError where a path has no file, and
 *   what `pull` and `convert` throw.
 */
export async function resolveModel(nameOrPath: string, options: ResolveOptions): Promise<string> {
  const found = await kindOf(nameOrPath);
  if (found === 'file') return nameOrPath;
  const shipped = (await shippedModels()).find(({ name }) => name === nameOrPath);
  if (shipped) return shipped.path;
  const published = findPublished(nameOrPath);
  if (published) return convertedModel(published, options);
  if (found === 'folder') throw new InputError(nameOrPath, 'is a folder, expected a model file');
  if (/[\\/]|\.(safetensors|pth|pt|pkl|onnx)$/.test(nameOrPath))
    throw new InputError(nameOrPath, 'no such file');
  throw await unknownModel(nameOrPath);
}

async function convertedModel(model: PublishedModel, options: ResolveOptions): Promise<string> {
  const target = convertedPath(model);
  if ((await kindOf(target)) === 'file') return target;
  const source = await pull(model, options);
  options.signal?.throwIfAborted();
  options.onProgress?.({ stage: 'convert' });
  await options.convert(source, target, model);
  return target;
}

/** The package's `models/`. */
function modelsFolder(): string {
  // Two folders up from src/hub as well as from dist/hub.
  return join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');
}

/** The models in the package's `models/` folder: the default model, then the others by name. */
export async function shippedModels(): Promise<ShippedModel[]> {
  const folder = modelsFolder();
  const files = await readdir(folder).catch(() => []);
  const models = files
    .filter((file) => file.endsWith('.safetensors'))
    .map(async (file) => {
      const path = join(folder, file);
      return { name: file.slice(0, -'.safetensors'.length), path, size: (await stat(path)).size };
    });
  const rank = ({ name }: ShippedModel) => (name === defaultModel ? 0 : 1);
  return (await Promise.all(models)).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** The error for an unknown name of a model. */
export async function unknownModel(name: string): Promise<MaskRcnnError> {
  const shipped = await shippedModels();
  if (shipped.length === 0) {
    return new MaskRcnnError(
      `${name}: no such file, and the package's models are not in ${modelsFolder()}; leave mask-rcnn out of the program's bundle, or give the path of a model file`,
    );
  }
  const known = [...shipped, ...publishedModels].map((model) => model.name);
  const advice = didYouMean(name, known) ?? `known names: ${known.join(', ')}`;
  return new MaskRcnnError(`${shownSource(name)}: neither a file nor the name of a model; ${advice}`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  return stat(path).then(
    (entry) => (entry.isDirectory() ? 'folder' : 'file'),
    () => null,
  );
}
