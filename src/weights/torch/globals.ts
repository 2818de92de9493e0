import { printable } from '../../core/printable.ts';
import type { StoredDtype } from '../elements/dtype.ts';
import { isCount, isTensorView, type StorageRef, tensorView } from '../pickle/tensor-view.ts';
import {
  describeValue,
  isCallable,
  isPickleObject,
  type PickleCallable,
  type PickleInert,
  type PickleObject,
  PickleProblem,
  type PickleValue,
} from '../pickle/values.ts';

/** A storage class, which determines the type of the elements. */
interface StorageType extends PickleObject {
  readonly kind: 'storageType';
  readonly dtype: StoredDtype;
}

const storageDtypes: Readonly<Record<string, StoredDtype>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

const inertNames = [
  ...['float16', 'float32', 'float64', 'bfloat16', 'int8', 'int16', 'int32', 'int64', 'uint8', 'bool'].map(
    (dtype) => `torch.${dtype}`,
  ),
  'torch.strided',
  'torch.channels_last',
  'torch.contiguous_format',
  'torch.Tensor',
  'torch.nn.parameter.Parameter',
];

/**
 * What a torch checkpoint refers to for its weights. Calls create plain data; what the checkpoint of a training run holds
 * besides weights (arguments, milestones of a schedule) becomes inert, or opaque where it is not listed.
 */
const globals: ReadonlyMap<string, PickleValue> = new Map<string, PickleValue>([
  ...Object.entries(storageDtypes).flatMap(([name, dtype]): [string, StorageType][] => [
    [`torch.${name}`, { kind: 'storageType', dtype }],
    [`torch.cuda.${name}`, { kind: 'storageType', dtype }],
  ]),
  ...inertNames.map((name): [string, PickleInert] => [name, inert(name)]),
  ...[
    callable('collections.OrderedDict', ([items]) => orderedDict(items)),
    callable('collections.defaultdict', () => new Map()),
    callable('torch._utils._rebuild_tensor', ([storage, offset, size, stride]) =>
      tensorView(storage ?? null, offset ?? null, size ?? null, stride ?? null),
    ),
    callable('torch._utils._rebuild_tensor_v2', ([storage, offset, size, stride]) =>
      tensorView(storage ?? null, offset ?? null, size ?? null, stride ?? null),
    ),
    callable('torch._utils._rebuild_parameter', ([tensor]) => onlyTensor(tensor)),
    callable('torch._utils._rebuild_parameter_with_state', ([tensor]) => onlyTensor(tensor)),
    callable('torch._tensor._rebuild_from_type_v2', ([rebuild, , args]) => rebuildFromType(rebuild, args)),
    callable('torch.Size', ([sizes]) => sizes ?? []),
    callable('torch.serialization._get_layout', ([name]) => inert(`torch.${name}`)),
    callable('torch.device', () => inert('torch.device')),
    callable('argparse.Namespace', () => inert('argparse.Namespace')),
    callable('collections.Counter', () => inert('collections.Counter')),
    callable('builtins.set', () => inert('builtins.set')),
    callable('builtins.frozenset', () => inert('builtins.frozenset')),
  ].map((entry): [string, PickleCallable] => [entry.name, entry]),
]);

/** The value of `module.name` in a torch checkpoint; undefined where it is not known. */
export function torchGlobal(name: string): PickleValue | undefined {
  return globals.get(name);
}

/**
 * The storage of a persistent id: `('storage', type, key, location, elements)`, in non-zip files followed by
 * None or `(viewKey, start, elements)`, a window into the storage.
 * @throws PickleProblem for any other id.
 */
export function storageOf(id: PickleValue): StorageRef {
  const [tag, type, key, , elements, window] = Array.isArray(id) ? id : [];
  if (tag !== 'storage' || typeof key !== 'string' || !isCount(elements ?? null)) {
    throw new PickleProblem(
      `refuses the persistent object ${describeValue(tag ?? null)} (only storages are read)`,
    );
  }
  if (!isStorageType(type ?? null)) {
    throw new PickleProblem(`storage ${printable(key)} has ${describeValue(type ?? null)} for its type`);
  }
  const { dtype } = type as StorageType;
  const whole: StorageRef = { kind: 'storage', key, dtype, elements: elements as number, start: 0 };
  return window === undefined || window === null ? whole : windowOf(whole, window);
}

function windowOf(whole: StorageRef, window: PickleValue): StorageRef {
  const [, start, elements] = Array.isArray(window) ? window : [];
  if (
    !isCount(start ?? null) ||
    !isCount(elements ?? null) ||
    Number(start) + Number(elements) > whole.elements
  ) {
    throw new PickleProblem(`a window into storage ${printable(whole.key)} extends beyond it`);
  }
  return { ...whole, start: Number(start), elements: Number(elements) };
}

function callable(name: string, call: PickleCallable['call']): PickleCallable {
  return { kind: 'callable', name, call };
}

function inert(name: string): PickleInert {
  return { kind: 'inert', name };
}

/**
 * Python 2 pickled an OrderedDict with its items as `[[key, value], …]`. The list is emptied: otherwise a malicious
 * pickle could refer to one list a million times and have it copied a million times.
 */
function orderedDict(items: PickleValue | undefined): PickleValue {
  const dict = new Map<PickleValue, PickleValue>();
  if (items === undefined) return dict;
  if (!Array.isArray(items)) {
    throw new PickleProblem('an OrderedDict of its pickle is not made from a list of pairs');
  }
  for (const pair of items.splice(0)) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new PickleProblem('an OrderedDict of its pickle has no pairs');
    dict.set(pair[0]!, pair[1]!);
  }
  return dict;
}

function onlyTensor(value: PickleValue | undefined): PickleValue {
  if (value === undefined || !isTensorView(value))
    throw new PickleProblem('a parameter of its pickle does not hold a tensor');
  return value;
}

function rebuildFromType(rebuild: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
  if (rebuild === undefined || !isCallable(rebuild) || !Array.isArray(args)) {
    throw new PickleProblem('a tensor subclass of its pickle cannot be rebuilt');
  }
  if (rebuild.name === 'torch._tensor._rebuild_from_type_v2') {
    throw new PickleProblem('a tensor subclass of its pickle is nested');
  }
  return onlyTensor(rebuild.call(args));
}

function isStorageType(value: PickleValue): value is StorageType {
  return isPickleObject(value) && value.kind === 'storageType';
}
