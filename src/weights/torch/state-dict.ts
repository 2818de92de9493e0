import { InputError } from '../../core/errors.ts';
import { largest } from '../../core/extremes.ts';
import { printable } from '../../core/printable.ts';
import { isOpaque } from '../pickle/opaque.ts';
import { isTensorView, type TensorView } from '../pickle/tensor-view.ts';
import { describeValue, type PickleDict, type PickleValue } from '../pickle/values.ts';

/** The keys that training scripts store weights under; averaged weights, which are evaluated and published, first. */
const nestedNames = [
  ...['model_ema', 'ema_state_dict', 'state_dict_ema', 'ema_model', 'ema'],
  ...[
    'model',
    'state_dict',
    'model_state_dict',
    'model_state',
    'net',
    'network',
    'module',
    'weights',
    'params',
  ],
];
const averagedNames = nestedNames.slice(0, 5);

/** Dicts within dicts that are searched. */
const maxDepth = 3;

/** A dict with fewer tensors than this fraction of the largest one's does not hold the model. */
const similarSize = 0.9;

/** A dict of tensors by name, and where it is in the checkpoint. */
interface Candidate {
  /** The keys that lead to it, `checkpoint.model`; empty for the checkpoint itself. */
  readonly path: readonly string[];
  readonly dict: PickleDict;
  readonly tensors: number;
}

export interface FoundStateDict {
  readonly tensors: ReadonlyMap<string, TensorView>;
  /** The key of averaged weights that were preferred to others; undefined where there was no such choice. */
  readonly averaged: string | undefined;
}

/**
 * Finds the weights of a checkpoint: the dict with the most tensors by name, be it the checkpoint or a dict in it. Averaged
 * weights are preferred to others. Optimizer states, counters and other objects beside them are left out.
 * @param source The file, for the message.
 * @throws InputError where there are none.
 */
export function findStateDict(source: string, checkpoint: PickleValue): FoundStateDict {
  if (!(checkpoint instanceof Map)) {
    const remedy = isOpaque(checkpoint) ? '; save the state_dict() of the model instead' : '';
    throw new InputError(
      source,
      `holds ${describeValue(checkpoint)}, expected a dict of tensors by name${remedy}`,
    );
  }
  const candidates = candidatesIn(checkpoint, []);
  const most = Math.max(0, largest(candidates.map(({ tensors }) => tensors)));
  if (most === 0) {
    throw new InputError(
      source,
      `holds no weights: expected tensors by name, or a dict of them under ${nestedNames.slice(5, 8).join(', ')}; ` +
        `it has ${describeKeys(checkpoint)}`,
    );
  }
  const large = candidates.filter(({ tensors }) => tensors >= similarSize * most);
  const [best] = large.sort((a, b) => rank(a) - rank(b) || b.tensors - a.tensors);
  const similar = candidates.filter(({ tensors }) => tensors >= most / 2);
  const name = best.path.at(-1);
  const isAveraged = name !== undefined && averagedNames.includes(name) && similar.length > 1;
  return { tensors: tensorsOf(source, best.dict), averaged: isAveraged ? name : undefined };
}

function candidatesIn(dict: PickleDict, path: readonly string[]): Candidate[] {
  const found: Candidate[] = [{ path, dict, tensors: [...dict.values()].filter(isTensorView).length }];
  if (path.length === maxDepth) return found;
  for (const [key, value] of dict) {
    if (typeof key === 'string' && value instanceof Map) found.push(...candidatesIn(value, [...path, key]));
  }
  return found;
}

/** Named keys in their order, then others. */
function rank({ path }: Candidate): number {
  const position = nestedNames.indexOf(path.at(-1) ?? 'model');
  return position < 0 ? nestedNames.length : position;
}

function tensorsOf(source: string, dict: PickleDict): Map<string, TensorView> {
  const tensors = new Map<string, TensorView>();
  for (const [key, value] of dict) {
    if (typeof key !== 'string') {
      throw new InputError(source, `its dict of weights has the key ${describeValue(key)}, expected names`);
    }
    if (isTensorView(value)) tensors.set(key, value);
    else if (isOpaque(value) && value.name.startsWith('torch.')) {
      throw new InputError(
        source,
        `its weight ${printable(key)} is ${printable(value.name)}, expected a tensor`,
      );
    }
  }
  return tensors;
}

function describeKeys(dict: PickleDict): string {
  const keys = [...dict.keys()]
    .slice(0, 10)
    .map((key) => (typeof key === 'string' ? printable(key) : describeValue(key)));
  if (keys.length === 0) return 'no keys at all';
  return `the keys ${keys.join(', ')}${dict.size > keys.length ? ', …' : ''}`;
}
