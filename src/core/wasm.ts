/**
 * A minimal assembler for WebAssembly kernels: functions that return the bytes of instructions in the binary format
 * (WebAssembly core specification 2.0, chapter 5). An expression leaves one value on the stack, a statement none.
 */
export type Code = readonly number[];

/** A local variable or parameter, by its index. */
export type Local = number;

const types = { i32: 0x7f, v128: 0x7b } as const;
const empty = 0x40;
const end = 0x0b;

export const get = (local: Local): Code => [0x20, ...unsigned(local)];
export const set = (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)];

/** 32-bit integers; addresses count bytes. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  mul: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  /** 1 if a ≤ b as unsigned numbers, else 0. */
  atMost: (a: Code, b: Code): Code => [...a, ...b, 0x4d],
  /** 1 if a < b as unsigned numbers, else 0. */
  below: (a: Code, b: Code): Code => [...a, ...b, 0x49],
  load: (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)],
};

/** Four 32-bit floats. */
export const f32x4 = {
  load: (address: Code, offset = 0): Code => [...address, ...vector(0), 2, ...unsigned(offset)],
  /** Four bytes as floats 0…255: loaded, extended to 16 and to 32 bits, converted. */
  loadBytes: (address: Code, offset = 0): Code => [
    ...[...address, ...vector(92), 0, ...unsigned(offset)],
    ...[...vector(0x89), ...vector(0xa9), ...vector(250)],
  ],
  /** One float in all four lanes. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...vector(9), 2, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...vector(11),
    2,
    ...unsigned(offset),
  ],
  /** Stores one lane. */
  storeLane: (address: Code, value: Code, lane: number): Code => [
    ...address,
    ...value,
    ...vector(90),
    2,
    0,
    lane,
  ],
  sqrt: (a: Code): Code => [...a, ...vector(227)],
  add: (a: Code, b: Code): Code => [...a, ...b, ...vector(228)],
  sub: (a: Code, b: Code): Code => [...a, ...b, ...vector(229)],
  mul: (a: Code, b: Code): Code => [...a, ...b, ...vector(230)],
  div: (a: Code, b: Code): Code => [...a, ...b, ...vector(231)],
};

/** Repeats the body while the condition holds. The condition is evaluated before each iteration. */
export function loopWhile(condition: Code, body: Code): Code {
  const [block, loop, branch, branchIfZero] = [0x02, 0x03, 0x0c, [0x45, 0x0d]];
  return [block, empty, loop, empty, ...condition, ...branchIfZero, 1, ...body, branch, 0, end, end];
}

/**
 * A module that exports one function, `run`, which takes integers and returns nothing, and imports its memory as
 * `host.memory`.
 * @param parameters Number of the function's parameters.
 * @param locals Number of local variables of each type. Their indices follow the parameters', integers first.
 */
export function moduleOf(
  parameters: number,
  locals: { i32: number; v128: number },
  body: Code,
): Uint8Array<ArrayBuffer> {
  const declarations = list([
    [...unsigned(locals.i32), types.i32],
    [...unsigned(locals.v128), types.v128],
  ]);
  const code = [...declarations, ...body, end];
  const sections: [id: number, content: Code][] = [
    [1, list([[0x60, ...list(new Array(parameters).fill([types.i32])), ...list([])]])],
    [2, list([[...text('host'), ...text('memory'), 2, 0, 1]])],
    [3, list([[0]])],
    [7, list([[...text('run'), 0, 0]])],
    [10, list([[...unsigned(code.length), ...code]])],
  ];
  const bytes = sections.flatMap(([id, content]) => [id, ...unsigned(content.length), ...content]);
  return Uint8Array.from([0, ...ascii('asm'), 1, 0, 0, 0, ...bytes]);
}

function vector(operation: number): Code {
  return [0xfd, ...unsigned(operation)];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return [...unsigned(name.length), ...ascii(name)];
}

function ascii(name: string): Code {
  return Array.from(name, (character) => character.charCodeAt(0));
}

/** LEB128: seven bits per byte, lowest first, with the top bit set in all bytes but the last. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** Signed LEB128, in two's complement: bit 6 of the last byte is the sign. */
function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
