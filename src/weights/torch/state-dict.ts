import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { isTensorView, type TensorView } from '../pickle/tensor-view.ts';
import { describeValue, type PickleDict, type PickleValue } from '../pickle/values.ts';

/** The keys that training scripts store weights under, in the order in which they are tried. */
const nestedNames = ['model', 'state_dict', 'model_state_dict'];

/**
 * Finds the tensors of a checkpoint: a dict of tensors by name, or one under `model`, `state_dict` or
 * `model_state_dict`.
 * @param source The file, for the message.
 * @throws InputError where there is none, or it contains anything but tensors.
 */
export function findStateDict(source: string, checkpoint: PickleValue): Map<string, TensorView> {
  if (!(checkpoint instanceof Map)) {
    throw new InputError(source, `holds ${describeValue(checkpoint)}, expected a dict of tensors by name`);
  }
  const hasTensors = [...checkpoint.values()].some(isTensorView);
  if (hasTensors) return tensorsOf(source, checkpoint);
  for (const name of nestedNames) {
    const nested = checkpoint.get(name);
    if (nested instanceof Map) return tensorsOf(source, nested);
  }
  throw new InputError(
    source,
    `holds no weights: expected tensors by name, or a dict of them under ${nestedNames.join(', ')}; ` +
      `it has ${describeKeys(checkpoint)}`,
  );
}

function tensorsOf(source: string, dict: PickleDict): Map<string, TensorView> {
  const tensors = new Map<string, TensorView>();
  for (const [key, value] of dict) {
    if (typeof key !== 'string' || !isTensorView(value)) {
      const what = `${describeValue(key)} → ${describeValue(value)}`;
      throw new InputError(source, `its dict of weights holds ${what}, expected tensors by name`);
    }
    tensors.set(key, value);
  }
  if (tensors.size === 0) throw new InputError(source, 'its dict of weights is empty');
  return tensors;
}

function describeKeys(dict: PickleDict): string {
  const keys = [...dict.keys()]
    .slice(0, 10)
    .map((key) => (typeof key === 'string' ? printable(key) : describeValue(key)));
  if (keys.length === 0) return 'no keys at all';
  return `the keys ${keys.join(', ')}${dict.size > keys.length ? ', …' : ''}`;
}
