import { bytesPerElement, type StoredDtype } from '../elements/dtype.ts';
import { isShape, type StorageRef, type TensorView, tensorView } from '../pickle/tensor-view.ts';
import {
  describeValue,
  type PickleCallable,
  type PickleObject,
  PickleProblem,
  type PickleValue,
  type StatefulObject,
} from '../pickle/values.ts';

const dtypes: ReadonlyMap<string, StoredDtype> = new Map([
  ['f8', 'float64'],
  ['f4', 'float32'],
  ['f2', 'float16'],
  ['i8', 'int64'],
  ['i4', 'int32'],
  ['i2', 'int16'],
  ['i1', 'int8'],
  ['u8', 'uint64'],
  ['u4', 'uint32'],
  ['u2', 'uint16'],
  ['u1', 'uint8'],
  ['b1', 'bool'],
]);

/** A dtype; its state holds the byte order. */
class NumpyDtype implements StatefulObject {
  readonly kind = 'numpyDtype';
  readonly dtype: StoredDtype;

  constructor(name: PickleValue | undefined) {
    const dtype = typeof name === 'string' ? dtypes.get(name) : undefined;
    if (!dtype) throw new PickleProblem(`an array of its pickle holds ${describeValue(name ?? null)}`);
    this.dtype = dtype;
  }

  /** @param state `(version, byte order, …)` */
  setState(state: PickleValue): void {
    const order = Array.isArray(state) ? state[1] : undefined;
    if (order !== '<' && order !== '|') {
      throw new PickleProblem(`an array of its pickle has the byte order ${describeValue(order ?? null)}`);
    }
  }
}

/** An array: a tensor with a storage of its own, empty until its state is set. */
export class NumpyArray implements TensorView, StatefulObject {
  readonly kind = 'tensor';
  readonly offset = 0;
  storage: StorageRef;
  shape: readonly number[] = [0];
  stride: readonly number[] = [1];
  bytes: Uint8Array = new Uint8Array(0);

  constructor(key: string) {
    this.storage = { kind: 'storage', key, dtype: 'float32', elements: 0, start: 0 };
  }

  /** @param state `(version, shape, dtype, is Fortran order, bytes)` */
  setState(state: PickleValue): void {
    const [, shape, dtype, fortran, bytes] = Array.isArray(state) ? state : [];
    if (!(dtype instanceof NumpyDtype) || !(bytes instanceof Uint8Array)) {
      throw new PickleProblem('an array of its pickle does not hold plain numbers');
    }
    const elements = bytes.length / bytesPerElement[dtype.dtype];
    const storage: StorageRef = { ...this.storage, dtype: dtype.dtype, elements };
    const stride = stridesOf(shape ?? null, fortran === true);
    const view = tensorView(storage, 0, shape ?? null, stride);
    Object.assign(this, { storage, shape: view.shape, stride, bytes });
  }
}

/** Strides in elements: row-major, or column-major for arrays in Fortran order. */
function stridesOf(shape: PickleValue, fortran: boolean): number[] {
  if (!isShape(shape)) throw new PickleProblem('an array of its pickle has no shape');
  const strides = shape.map(() => 1);
  const axes = fortran ? [...shape.keys()] : [...shape.keys()].reverse();
  let step = 1;
  for (const axis of axes) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/**
 * What a pickle of NumPy arrays refers to for its arrays.
 * @param keep Called with each array that is created and the key of its storage.
 */
export function numpyGlobals(
  keep: (key: string, array: NumpyArray) => void,
): ReadonlyMap<string, PickleValue> {
  let count = 0;
  const reconstruct = () => {
    const key = String(count++);
    const array = new NumpyArray(key);
    keep(key, array);
    return array;
  };
  // The core is named `_core` in NumPy 2.
  const ofCore = (name: string, call: PickleCallable['call']) =>
    ['numpy.core', 'numpy._core'].map((core) => callable(`${core}.${name}`, call));
  const entries: PickleCallable[] = [
    ...ofCore('multiarray._reconstruct', reconstruct),
    // A single number, such as a learning rate, is not a weight.
    ...ofCore('multiarray.scalar', () => null),
    callable('numpy.dtype', ([name]) => new NumpyDtype(name)),
    // Python 3 pickles bytes this way in protocol 2.
    callable('_codecs.encode', ([text]) => latin1(text)),
    callable('builtins.bytes', (args) => noBytes(args)),
    callable('collections.OrderedDict', () => new Map()),
  ];
  const named = entries.map((entry): [string, PickleValue] => [entry.name, entry]);
  return new Map([...named, ['numpy.ndarray', { kind: 'inert', name: 'numpy.ndarray' } as PickleObject]]);
}

/** `bytes()`: empty bytes in protocol 2. */
function noBytes(args: readonly PickleValue[]): Uint8Array {
  if (args.length > 0) throw new PickleProblem('bytes of its pickle are not made from text');
  return new Uint8Array(0);
}

function latin1(text: PickleValue | undefined): Uint8Array {
  if (typeof text !== 'string') throw new PickleProblem('bytes of its pickle are not made from text');
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function callable(name: string, call: PickleCallable['call']): PickleCallable {
  return { kind: 'callable', name, call };
}
