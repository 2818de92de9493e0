import { isPlainObject } from '../config/merge.ts';
import { modelConfigSchema } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { readJson } from '../core/node/read-json.ts';
import { readTorchvisionArguments, torchvisionArgumentNames } from './torchvision/arguments.ts';

/**
 * Reads a JSON file that overrides parts of a model's configuration; see {@link readOverrides}.
 * @throws InputError where the file cannot be read, is not JSON, or has an unknown key.
 */
export async function readConfigFile(path: string): Promise<unknown> {
  return readOverrides(path, await readJson(path));
}

/**
 * Reads a JSON object with either a part of our configuration or torchvision's keyword arguments (`min_size`,
 * `image_mean`, `rpn_anchor_generator`, …). `categories` belongs to both.
 * @param source The file, for messages.
 * @returns A part of our configuration, for `applyOverrides`.
 * @throws InputError that names a misspelt key and the nearest valid ones.
 */
export function readOverrides(source: string, value: unknown): unknown {
  if (!isPlainObject(value)) throw new InputError(source, 'is not a JSON object');
  const ours = Object.keys(modelConfigSchema.shape);
  const theirs = torchvisionArgumentNames.filter((name) => !ours.includes(name));
  const keys = Object.keys(value);
  const theirsUsed = keys.filter((key) => theirs.includes(key));
  const oursUsed = keys.filter((key) => ours.includes(key) && !torchvisionArgumentNames.includes(key));
  if (theirsUsed.length > 0 && oursUsed.length > 0) {
    throw new InputError(
      source,
      `mixes mask-rcnn's configuration (${oursUsed.join(', ')}) with torchvision's arguments (${theirsUsed.join(', ')})`,
    );
  }
  const known =
    theirsUsed.length > 0 ? torchvisionArgumentNames : oursUsed.length > 0 ? ours : [...ours, ...theirs];
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new InputError(
      source,
      unknown.map((key) => `unknown key ${key}${suggestion(key, known)}`).join('; '),
    );
  }
  return theirsUsed.length > 0 ? readTorchvisionArguments(source, value) : value;
}
