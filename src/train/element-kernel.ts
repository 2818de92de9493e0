import { type Code, f32x4, get, i32, type Local, loopWhile, moduleOf, set } from '../core/wasm.ts';

/**
 * Element-wise arithmetic over arrays of equal length, four elements per instruction. Plain JavaScript
 * computes one element at a time in 64 bits, which takes several times as long over tens of millions of
 * weights.
 */
export type ElementKernel = (arrays: readonly Float32Array[], numbers: readonly number[]) => void;

export interface KernelOptions {
  /** Number of arrays that the kernel works on, and of numbers passed at each call. */
  arrays: number;
  numbers: number;
  /** Number of intermediate values that the formula uses more than once. */
  temporaries?: number;
  /** Builds the formula, in which every value is four floats (`f32x4`). */
  formula(terms: KernelTerms): readonly Statement[];
}

export interface KernelTerms {
  /** The elements of the n-th array. */
  element(n: number): Code;
  number(n: number): Code;
  temporary(n: number): Code;
}

/** Assigns a value to an array's elements, or to a temporary. */
export type Statement = { array: number; value: Code } | { temporary: number; value: Code };

/** Elements processed at once: the arrays' chunks stay in the CPU cache. */
const chunk = 8192;

/** Start of the chunks in the kernel's memory; the numbers lie before them. */
const firstChunk = 1024;

/**
 * Compiles a kernel. It copies chunks of its arrays into its own memory and the changed ones back, all in the
 * cache, so the arrays may lie anywhere.
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

/** @returns The module, and the indices of the arrays that it changes. */
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
      ? f32x4.store(get(position), statement.value, offsetOf(statement.array))
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
