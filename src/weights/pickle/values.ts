import { printable } from '../../core/printable.ts';

/** The values of a pickle: plain data, and objects that the reader of a format defines, by `kind`. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleObject;

/** Dicts, ordered or not. Lists, tuples and sets are arrays. */
export interface PickleDict extends Map<PickleValue, PickleValue> {}

/** A value that is not plain data. */
export interface PickleObject {
  readonly kind: string;
}

/** A function or class that a pickle may call. */
export interface PickleCallable extends PickleObject {
  readonly kind: 'callable';
  readonly name: string;
  /** @throws PickleProblem where the arguments are invalid. */
  call(args: readonly PickleValue[]): PickleValue;
}

/** A value whose contents are never used, such as a dtype or a device. */
export interface PickleInert extends PickleObject {
  readonly kind: 'inert';
  readonly name: string;
}

/** An object whose contents the pickle sets after creating it. */
export interface StatefulObject extends PickleObject {
  /** @throws PickleProblem where the state is invalid. */
  setState(state: PickleValue): void;
}

/** What a pickle may refer to, defined by the reader of a format. */
export interface PickleHost {
  /** The value of `module.name`, or undefined where it is not known. Nothing is looked up anywhere else. */
  globalNamed(name: string): PickleValue | undefined;
  /** The object of a persistent id. @throws PickleProblem where the id is invalid. */
  persistentLoad(id: PickleValue): PickleValue;
}

/** An error in a pickle. The reader of the file adds the file's name. */
export class PickleProblem extends Error {
  override name = 'PickleProblem';
}

/** The bytes end within the pickle. */
export class PickleTruncated extends PickleProblem {
  override name = 'PickleTruncated';
}

export function isPickleObject(value: PickleValue): value is PickleObject {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export function isCallable(value: PickleValue): value is PickleCallable {
  return isPickleObject(value) && value.kind === 'callable';
}

export function isStateful(value: PickleValue): value is StatefulObject {
  return isPickleObject(value) && 'setState' in value;
}

/** A value in an error message: its type, and its name or text if it has one. */
export function describeValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'string') return `the text ${printable(value)}`;
  if (typeof value === 'object') return 'name' in value ? String(value.name) : `a ${value.kind}`;
  return String(value).slice(0, 40);
}
