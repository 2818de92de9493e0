import { sizeOf } from '../../core/tensor.ts';
import { decodeFloat32 } from '../elements/decode.ts';
import type { StoredDtype } from '../elements/dtype.ts';
import { isPickleObject, type PickleObject, PickleProblem, type PickleValue } from './values.ts';

/** A contiguous range of elements in the file, which tensors are views of. */
export interface StorageRef extends PickleObject {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: StoredDtype;
  /** Length in elements. */
  readonly elements: number;
  /** Its first element, in the storage with that key. */
  readonly start: number;
}

/** A tensor as torch pickles it: a strided window into a storage, in elements. */
export interface TensorView extends PickleObject {
  readonly kind: 'tensor';
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Reads the bytes of `count` elements of a storage, from element `first`. */
export type StorageReader = (storage: StorageRef, first: number, count: number) => Promise<Uint8Array>;

/** The most elements that a view with zero strides may expand a storage to: 64 MiB of float32. */
const maxExpandedElements = 2 ** 24;

const maxRank = 64;

/** A validated view. @throws PickleProblem unless it is inside its storage. */
export function tensorView(
  storage: PickleValue,
  offset: PickleValue,
  shape: PickleValue,
  stride: PickleValue,
): TensorView {
  if (!isStorage(storage)) throw new PickleProblem('a tensor of its pickle has no storage');
  if (!isCount(offset) || !isShape(shape) || !isShape(stride) || shape.length !== stride.length) {
    throw new PickleProblem('a tensor of its pickle has an invalid offset, size or stride');
  }
  const view: TensorView = { kind: 'tensor', storage, offset, shape, stride };
  const described = `a tensor of shape [${shape.join(', ')}]`;
  const elements = sizeOf(shape);
  if (elements > 0 && offset + spanOf(view) > storage.elements) {
    throw new PickleProblem(
      `${described} reaches element ${offset + spanOf(view)} of a storage of ${storage.elements} elements`,
    );
  }
  if (elements > Math.max(storage.elements, maxExpandedElements)) {
    throw new PickleProblem(`${described} expands a storage of only ${storage.elements} elements`);
  }
  return view;
}

/** The elements of a view as float32, row-major. */
export async function readView(
  view: TensorView,
  readStorage: StorageReader,
  littleEndian: boolean,
): Promise<Float32Array> {
  const { storage, offset, shape, stride } = view;
  if (sizeOf(shape) === 0) return new Float32Array(0);
  const bytes = await readStorage(storage, storage.start + offset, spanOf(view));
  const stored = decodeFloat32(bytes, storage.dtype, littleEndian);
  return isContiguous(shape, stride) ? stored : gather(stored, shape, stride);
}

function isStorage(value: PickleValue): value is StorageRef {
  return isPickleObject(value) && value.kind === 'storage';
}

export function isTensorView(value: PickleValue): value is TensorView {
  return isPickleObject(value) && value.kind === 'tensor';
}

/** Whether a value is a non-negative integer that a number represents exactly. */
export function isCount(value: PickleValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Whether a value is a list of at most 64 extents. */
export function isShape(value: PickleValue): value is number[] {
  return Array.isArray(value) && value.length <= maxRank && value.every(isCount);
}

/** Elements of the storage from the first to the last of a view that is not empty. */
function spanOf({ shape, stride }: TensorView): number {
  return shape.reduce((span, extent, axis) => span + (extent - 1) * stride[axis]!, 1);
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Copies strided elements into row-major order, incrementing the index like an odometer. */
function gather(stored: Float32Array, shape: readonly number[], stride: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    values[to] = stored[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      from += stride[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * stride[axis]!;
      index[axis] = 0;
    }
  }
  return values;
}
