import { InputError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';

/** Name → shape. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** The differences between a file's tensors and those that a model needs; each entry is text for the user. */
export interface KeyDifferences {
  missing: string[];
  unused: string[];
  misshapen: string[];
}

/** The most keys of each kind in a message. */
const maxKeys = 5;

/**
 * Compares a file's tensors with those that a model needs. `num_batches_tracked`, a counter of training, is optional.
 */
export function compareKeys(expected: Shapes, actual: Shapes): KeyDifferences {
  const counts = (key: string) => !key.endsWith('.num_batches_tracked');
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const [key, shape] of expected) {
    const found = actual.get(key);
    if (!found) {
      if (counts(key)) missing.push(`${printable(key)} [${shape.join(', ')}]`);
    } else if (found.length !== shape.length || found.some((extent, axis) => extent !== shape[axis])) {
      misshapen.push(`${printable(key)} has [${found.join(', ')}], expected [${shape.join(', ')}]`);
    }
  }
  const unused = [...actual.keys()].filter((key) => !expected.has(key) && counts(key)).map(printable);
  return { missing, unused, misshapen };
}

/**
 * Requires a file's tensors to be exactly those that a model needs.
 * @param source The file, for the message.
 * @param what What the tensors are, for the message.
 * @throws InputError that lists missing, unused and wrongly shaped keys, at most 5 of each.
 */
export function checkKeys(source: string, expected: Shapes, actual: Shapes, what = 'weights'): void {
  const { missing, unused, misshapen } = compareKeys(expected, actual);
  const sections = [
    section('missing', missing),
    section('wrongly shaped', misshapen),
    section('unused', unused),
  ].filter((text) => text !== '');
  if (sections.length > 0) {
    throw new InputError(source, `its ${what} do not fit the model: ${sections.join('; ')}`);
  }
}

function section(title: string, keys: readonly string[]): string {
  if (keys.length === 0) return '';
  const more = keys.length > maxKeys ? ', …' : '';
  return `${keys.length} ${title} (${keys.slice(0, maxKeys).join(', ')}${more})`;
}
