import { printable } from '../printable.ts';

/** What a pickle may hold here: plain data, and objects that the reader of a format defines by their `kind`. */
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

/** A value that is no plain data. */
export interface PickleObject {
  readonly kind: string;
}

/** One of the functions and classes that may be called. */
export interface PickleCallable extends PickleObject {
  readonly kind: 'callable';
  readonly name: string;
  /** @throws PickleProblem where the arguments do not fit. */
  call(args: readonly PickleValue[]): PickleValue;
}

/** A value that is kept for nothing but its presence, such as a dtype or a device. */
export interface PickleInert extends PickleObject {
  readonly kind: 'inert';
  readonly name: string;
}

/** An object whose contents the pickle sets after making it. */
export interface StatefulObject extends PickleObject {
  /** @throws PickleProblem where the state does not fit. */
  setState(state: PickleValue): void;
}

/** What a format allows a pickle to name. */
export interface PickleHost {
  /** What `module.name` stands for, or undefined where it is refused. Nothing is ever looked up elsewhere. */
  globalNamed(name: string): PickleValue | undefined;
  /** The object of a persistent id. @throws PickleProblem where it makes no sense. */
  persistentLoad(id: PickleValue): PickleValue;
}

/** What is wrong with a pickle; the reader of the file adds its name. */
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

/** What an error message calls a value: its type, and a callable's or a short string's name. */
export function describeValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'string') return `the text ${printable(value)}`;
  if (typeof value === 'object') return 'name' in value ? String(value.name) : `a ${value.kind}`;
  return String(value).slice(0, 40);
}
