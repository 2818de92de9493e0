import { printable } from '../../core/printable.ts';
import { isOpaque, isSuspicious, opaque, opaqueResult } from './opaque.ts';
import type { PickleStack } from './stack.ts';
import {
  describeValue,
  isCallable,
  isPickleObject,
  isStateful,
  type PickleHost,
  PickleProblem,
  type PickleValue,
} from './values.ts';

type Operation = (stack: PickleStack, host: PickleHost) => void;

/** Opcode → operation, with the names of Python's `pickletools`. Opcodes that are missing here are refused. */
export const pickleOperations: Readonly<Record<number, Operation>> = {
  /* PROTO            */ 128: readProtocol,
  /* FRAME            */ 149: (s) => void s.uint64(),
  /* MARK             */ 40: (s) => s.mark(),
  /* POP              */ 48: (s) => void s.pop(),
  /* POP_MARK         */ 49: (s) => void s.popToMark(),
  /* NONE             */ 78: (s) => s.push(null),
  /* NEWTRUE          */ 136: (s) => s.push(true),
  /* NEWFALSE         */ 137: (s) => s.push(false),
  /* BININT           */ 74: (s) => s.push(s.int32()),
  /* BININT1          */ 75: (s) => s.push(s.uint8()),
  /* BININT2          */ 77: (s) => s.push(s.uint16()),
  /* LONG1            */ 138: (s) => s.push(integerOf(s.bytes(s.uint8()))),
  /* BINFLOAT         */ 71: (s) => s.push(s.float64()),
  /* SHORT_BINSTRING  */ 85: (s) => s.push(s.text(s.uint8())),
  /* BINSTRING        */ 84: (s) => s.push(s.text(s.uint32())),
  /* SHORT_BINUNICODE */ 140: (s) => s.push(s.text(s.uint8())),
  /* BINUNICODE       */ 88: (s) => s.push(s.text(s.uint32())),
  /* BINUNICODE8      */ 141: (s) => s.push(s.text(s.uint64())),
  /* SHORT_BINBYTES   */ 67: (s) => s.pushNew(s.bytes(s.uint8())),
  /* BINBYTES         */ 66: (s) => s.pushNew(s.bytes(s.uint32())),
  /* BINBYTES8        */ 142: (s) => s.pushNew(s.bytes(s.uint64())),
  /* EMPTY_LIST       */ 93: (s) => s.pushNew([]),
  /* APPEND           */ 97: (s) => append(s, [s.pop()]),
  /* APPENDS          */ 101: (s) => append(s, s.popToMark()),
  /* LIST             */ 108: (s) => s.pushNew(s.popToMark()),
  /* EMPTY_TUPLE      */ 41: (s) => s.pushNew([]),
  /* TUPLE1           */ 133: (s) => pushTuple(s, 1),
  /* TUPLE2           */ 134: (s) => pushTuple(s, 2),
  /* TUPLE3           */ 135: (s) => pushTuple(s, 3),
  /* TUPLE            */ 116: (s) => s.pushNew(s.popToMark()),
  /* EMPTY_SET        */ 143: (s) => s.pushNew([]),
  /* ADDITEMS         */ 144: (s) => append(s, s.popToMark()),
  /* FROZENSET        */ 145: (s) => s.pushNew(s.popToMark()),
  /* EMPTY_DICT       */ 125: (s) => s.pushNew(new Map()),
  /* DICT             */ 100: makeDict,
  /* SETITEM          */ 115: (s) => setItems(s, [s.pop(), s.pop()].reverse()),
  /* SETITEMS         */ 117: (s) => setItems(s, s.popToMark()),
  /* BINGET           */ 104: (s) => s.recall(s.uint8()),
  /* LONG_BINGET      */ 106: (s) => s.recall(s.uint32()),
  /* BINPUT           */ 113: (s) => s.remember(s.uint8()),
  /* LONG_BINPUT      */ 114: (s) => s.remember(s.uint32()),
  /* MEMOIZE          */ 148: (s) => s.rememberNext(),
  /* GLOBAL           */ 99: (s, host) => pushGlobal(s, host, [s.line(), s.line()]),
  /* STACK_GLOBAL     */ 147: (s, host) => pushGlobal(s, host, [s.pop(), s.pop()].reverse()),
  /* REDUCE           */ 82: call,
  /* NEWOBJ           */ 129: call,
  /* NEWOBJ_EX        */ 146: (s) => callWithNames(s),
  /* BUILD            */ 98: build,
  /* BINPERSID        */ 81: (s, host) => s.push(host.persistentLoad(s.pop())),
};

function readProtocol(stack: PickleStack): void {
  const version = stack.uint8();
  if (version < 2 || version > 5)
    throw new PickleProblem(`pickle protocol ${version} is not supported (2 … 5 are)`);
}

function pushTuple(stack: PickleStack, length: number): void {
  stack.pushNew(Array.from({ length }, () => stack.pop()).reverse());
}

function append(stack: PickleStack, items: readonly PickleValue[]): void {
  const list = stack.top();
  if (isOpaque(list)) return;
  if (!Array.isArray(list)) throw new PickleProblem(`its pickle appends to ${describeValue(list)}`);
  for (const item of items) list.push(item);
}

function makeDict(stack: PickleStack): void {
  const items = stack.popToMark();
  stack.pushNew(new Map());
  setItems(stack, items);
}

/** @param items Alternating keys and values. */
function setItems(stack: PickleStack, items: readonly PickleValue[]): void {
  const dict = stack.top();
  if (isOpaque(dict)) return;
  if (!(dict instanceof Map)) throw new PickleProblem(`its pickle sets items of ${describeValue(dict)}`);
  if (items.length % 2 !== 0) throw new PickleProblem('its pickle sets a key without a value');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
}

function pushGlobal(stack: PickleStack, host: PickleHost, parts: readonly PickleValue[]): void {
  const [module, name] = parts;
  if (typeof module !== 'string' || typeof name !== 'string')
    throw new PickleProblem('its pickle has a damaged name');
  const fullName = `${currentModules.get(module) ?? module}.${name}`;
  const value = host.globalNamed(fullName);
  if (value === undefined && isSuspicious(fullName)) {
    throw new PickleProblem(
      `refuses to load ${printable(fullName)} (only tensors, numbers, strings, lists and dicts are read; nothing was executed)`,
    );
  }
  stack.push(value ?? opaque(fullName));
}

/** Modules whose name depends on the version or system, with their common name. */
const currentModules: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['posix', 'os'],
  ['nt', 'os'],
]);

function call(stack: PickleStack): void {
  const args = stack.pop();
  const callee = stack.pop();
  if (isOpaque(callee)) {
    stack.pushNew(opaqueResult(callee, Array.isArray(args) ? args : []));
    return;
  }
  if (!isCallable(callee)) throw new PickleProblem(`its pickle calls ${describeValue(callee)}`);
  if (!Array.isArray(args))
    throw new PickleProblem(`its pickle calls ${callee.name} with ${describeValue(args)}`);
  const made = callee.call(args);
  if (made instanceof Uint8Array) stack.spend(made.length);
  stack.pushNew(made);
}

/** A call with named arguments, which only unknown classes have. */
function callWithNames(stack: PickleStack): void {
  stack.pop();
  call(stack);
}

/**
 * Sets the state of a stateful object. The attributes of other objects (`_metadata` of a state dict, the fields of a
 * namespace) do not hold weights and are dropped.
 */
function build(stack: PickleStack): void {
  const state = stack.pop();
  const target = stack.top();
  if (isOpaque(target)) return;
  if (isStateful(target)) target.setState(state);
  else if (!(target instanceof Map || (isPickleObject(target) && target.kind === 'inert'))) {
    throw new PickleProblem(`its pickle sets attributes of ${describeValue(target)}`);
  }
}

/** A little-endian two's-complement integer; a bigint where a number cannot represent it. */
function integerOf(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}
