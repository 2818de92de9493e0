import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, MaskRcnnError } from '../core/errors.ts';
import { nearNames } from '../core/near-names.ts';
import { convertedPath } from './cache.ts';
import { findPublished, type PublishedModel, publishedModels } from './published.ts';
import { type PullOptions, type PullProgress, pull } from './pull.ts';

export interface ResolveOptions extends Omit<PullOptions, 'onProgress'> {
  onProgress?: ((progress: PullProgress | { stage: 'convert' }) => void) | undefined;
  /**
   * Turns a published file into our one-file model at `target`, whole or not at all. Passed in, since the
   * layers that know how lie above this one.
   */
  convert: (source: string, target: string, model: PublishedModel) => Promise<void>;
}

/** A model that came with the package. */
export interface ShippedModel {
  name: string;
  /** Absolute. */
  path: string;
  /** Bytes. */
  size: number;
}

/**
 * Finds the file for what a user calls a model: a path, which is taken as it is; the name of a model shipped
 * with the package; or a published model's name, which is pulled and converted at its first use.
 * @returns Path of a local file.
 * @throws MaskRcnnError that lists near names where it is none of these; InputError where a path has no file, and
 *   what `pull` and `convert` throw.
 */
export async function resolveModel(nameOrPath: string, options: ResolveOptions): Promise<string> {
  const found = await kindOf(nameOrPath);
  if (found === 'file') return nameOrPath;
  if (found === 'folder') throw new InputError(nameOrPath, 'is a folder, expected a model file');
  const shipped = (await shippedModels()).find(({ name }) => name === nameOrPath);
  if (shipped) return shipped.path;
  const published = findPublished(nameOrPath);
  if (published) return convertedModel(published, options);
  if (/[\\/]|\.(safetensors|pth|pt|pkl|onnx)$/.test(nameOrPath))
    throw new InputError(nameOrPath, 'no such file');
  throw await unknownModel(nameOrPath);
}

async function convertedModel(model: PublishedModel, options: ResolveOptions): Promise<string> {
  const target = convertedPath(model);
  if ((await kindOf(target)) === 'file') return target;
  const source = await pull(model, options);
  options.onProgress?.({ stage: 'convert' });
  await options.convert(source, target, model);
  return target;
}

/** The models in the package's `models/` folder, by name. */
export async function shippedModels(): Promise<ShippedModel[]> {
  // Two folders up from src/weights as well as from dist/weights.
  const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'models');
  const files = await readdir(folder).catch(() => []);
  const models = files
    .filter((file) => file.endsWith('.safetensors'))
    .map(async (file) => {
      const path = join(folder, file);
      return { name: file.slice(0, -'.safetensors'.length), path, size: (await stat(path)).size };
    });
  return Promise.all(models);
}

/** The error for a name that no model has. */
export async function unknownModel(name: string): Promise<MaskRcnnError> {
  const known = [...(await shippedModels()), ...publishedModels].map((model) => model.name);
  const near = nearNames(name, known);
  const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known names: ${known.join(', ')}`;
  return new MaskRcnnError(`${name}: neither a file nor the name of a model; ${advice}`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  return stat(path).then(
    (entry) => (entry.isDirectory() ? 'folder' : 'file'),
    () => null,
  );
}
