import { type Code, f32x4, get, i32, type Local, loopWhile, moduleOf, set } from '../core/wasm.ts';

/**
 * Arithmetic over arrays of equal length, element by element, four elements an instruction. JavaScript computes one
 * element at a time and in 64 bits: over tens of millions of weights that takes several times as long.
 */
export type ElementKernel = (arrays: readonly Float32Array[], numbers: readonly number[]) => void;

/** What the formula of a kernel is written in; every value is four 32-bit floats. */
export const vector = {
  add: f32x4.add,
  mul: f32x4.mul,
  sub: (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe5, 0x01],
  div: (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe7, 0x01],
  sqrt: (a: Code): Code => [...a, 0xfd, 0xe3, 0x01],
} as const;

export interface KernelOptions {
  /** How many arrays the kernel works on, and how many numbers it is given at each call. */
  arrays: number;
  numbers: number;
  /** Intermediate values that the formula uses more than once. */
  temporaries?: number;
  /** Writes the formula. */
  formula(terms: KernelTerms): readonly Statement[];
}

export interface KernelTerms {
  /** The elements of the n-th array. */
  element(n: number): Code;
  number(n: number): Code;
  temporary(n: number): Code;
}

/** Gives an array's elements, or a temporary, a new value. */
export type Statement = { array: number; value: Code } | { temporary: number; value: Code };

/** Elements that are worked on at once: the arrays' chunks stay in the processor's cache. */
const chunk = 8192;

/** Where the chunks begin in the kernel's memory; the numbers lie before them. */
const firstChunk = 1024;

/**
 * Compiles a kernel. It copies its arrays piece by piece into a memory of its own and those that it changes back, all
 * in the cache, so the arrays may lie anywhere.
 */
export function elementKernel(options: KernelOptions): ElementKernel {
  const { arrays, numbers } = options;
  const pages = Math.ceil((firstChunk + arrays * chunk * 4) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { module, changed } = kernelModule(options);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module), { host: { memory } });
  const run = instance.exports.run as (bytes: number) => void;
  const given = new Float32Array(memory.buffer, 0, numbers);
  const pieces = Array.from(
    { length: arrays },
    (_, n) => new Float32Array(memory.buffer, firstChunk + n * chunk * 4, chunk),
  );
  return (data, values) => {
    given.set(values);
    const { length } = data[0];
    for (let start = 0; start < length; start += chunk) {
      const end = Math.min(start + chunk, length);
      for (let n = 0; n < arrays; n++) pieces[n].set(data[n].subarray(start, end));
      run(4 * (end - start));
      for (const n of changed) data[n].set(pieces[n].subarray(0, end - start), start);
    }
  };
}

/** @returns The module, and which arrays it changes. */
function kernelModule({ numbers, temporaries = 0, formula }: KernelOptions) {
  const [bytes, position]: Local[] = [0, 1];
  const numberAt = (n: number): Local => 2 + n;
  const temporaryAt = (n: number): Local => 2 + numbers + n;
  const offsetOf = (array: number) => firstChunk + array * chunk * 4;
  const statements = formula({
    element: (n) => f32x4.load(get(position), offsetOf(n)),
    number: (n) => get(numberAt(n)),
    temporary: (n) => get(temporaryAt(n)),
  });
  const body = statements.flatMap((statement) =>
    'array' in statement
      ? store(get(position), statement.value, offsetOf(statement.array))
      : set(temporaryAt(statement.temporary), statement.value),
  );
  const loaded = Array.from({ length: numbers }, (_, n) =>
    set(numberAt(n), f32x4.loadSplat(i32.const(0), 4 * n)),
  );
  const module = moduleOf(1, { i32: 1, v128: numbers + temporaries }, [
    ...loaded.flat(),
    ...loopWhile(i32.below(get(position), get(bytes)), [
      ...body,
      ...set(position, i32.add(get(position), i32.const(16))),
    ]),
  ]);
  const changed = new Set(statements.flatMap((statement) => ('array' in statement ? [statement.array] : [])));
  return { module, changed: [...changed] };
}

/** `v128.store`; the alignment is a hint. */
function store(address: Code, value: Code, offset: number): Code {
  return [...address, ...value, 0xfd, 0x0b, 2, ...leb128(offset)];
}

function leb128(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)];
}
