import { InputError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { averagedKey } from '../weights/torch/reader.ts';
import { type WeightEntry, type WeightFile, weightFile } from '../weights/weight-file.ts';

/** Modules that wrappers insert anywhere in names: `torch.compile`, FSDP, activation checkpointing. */
const inserted = /(^|\.)(_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g;

/**
 * What marks the names of a model behind a prefix: the backbone of a detector or FCN, or the first layer of torchvision's
 * classifiers.
 */
const markers = [
  /^((?:[^.]+\.)*?)backbone\./,
  /^((?:[^.]+\.)*?)(?:conv1|features\.0(?:\.0)?|_conv_stem)\.weight$/,
];

/** A counter that `AveragedModel` stores as a tensor beside the weights. */
const counters = new Set(['n_averaged']);

export interface Unwrapped {
  readonly weights: WeightFile;
  /** What was left out and chosen: one line each, for the user. */
  readonly notes: string[];
}

/**
 * The weights of a model under its own names, without the prefixes that wrappers put before all of them (`module.` of
 * DataParallel, `model.` of Lightning, `_orig_mod.` of torch.compile, and any other) and without tensors outside the model.
 * Closing it closes the file.
 * @throws InputError where two tensors get the same name.
 */
export function unwrapped(file: WeightFile): Unwrapped {
  const averaged = file.metadata[averagedKey];
  const notes = averaged === undefined ? [] : [`took the averaged weights, ${averaged}`];
  const plain = new Map(file.keys().map((key) => [key, key.replace(inserted, '').replace(/^\./, '')]));
  const prefix = prefixOf([...plain.values()]);
  const kept = [...plain].filter(([, name]) => name.startsWith(prefix) && !counters.has(name));
  const left = [...plain.values()].filter((name) => !name.startsWith(prefix) && !counters.has(name));
  if (kept.length === plain.size && prefix === '' && kept.every(([key, name]) => key === name)) {
    return { weights: file, notes };
  }
  if (left.length > 0) notes.push(`left out what is outside ${prefix}: ${listed(left)}`);
  const entries = new Map<string, WeightEntry>();
  for (const [key, name] of kept) {
    const read = async () => (await file.read(key)).data;
    if (entries.has(name.slice(prefix.length))) {
      throw new InputError(file.name, `contains ${printable(name)} twice, with and without its wrapper`);
    }
    entries.set(name.slice(prefix.length), { shape: file.shapeOf(key), dtype: file.dtypeOf(key), read });
  }
  const weights = weightFile(file.name, entries, { metadata: file.metadata, close: () => file.close() });
  return { weights, notes };
}

/** The prefix of the model's names: the most frequent one before a marker, and the shortest of those. */
function prefixOf(names: readonly string[]): string {
  for (const marker of markers) {
    const counts = new Map<string, number>();
    for (const name of names) {
      const prefix = marker.exec(name)?.[1];
      if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
    const [best] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a.length - b.length);
    if (best !== undefined) return best[0];
  }
  return '';
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
