import { float16Bits } from '../../core/float16.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Node, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import type { NodeWriter } from './emission.ts';
import { dataTypes, type StoredTensor } from './protobuf.ts';

/** The largest number in half precision. */
const largest = 65504;

/** The operations in which networks spend their time. */
const products = new Set<OperationName>(['conv', 'convTranspose', 'linear', 'matmul']);

/** Operations that compute in half precision what is in half precision; all others convert it back. */
const followers = new Set<OperationName>([
  ...(['relu', 'hardSigmoid', 'clamp', 'affine', 'add', 'sub', 'mul'] as const),
  ...(['maxPool', 'averagePool', 'upsampleNearest'] as const),
  ...(['concat', 'reshape', 'transpose', 'pad', 'gatherRows'] as const),
]);

/**
 * The tensors of a graph that computes in half precision (float16): products of matrices and what is between them. Inputs and outputs
 * stay in single precision, and so do the coordinates of RoIs, sums and probabilities. A value that is read in both is converted
 * once.
 */
export class HalfPrecision {
  readonly #write: NodeWriter;
  readonly #nameOf: (value: Value) => string;
  /** Value → its name in half precision. */
  readonly #halves = new Map<Value, string>();
  /** Those of them that also exist in single precision. */
  readonly #singles: Set<Value>;

  /** @param given The graph's inputs and weights. */
  constructor(write: NodeWriter, nameOf: (value: Value) => string, given: Iterable<Value>) {
    this.#write = write;
    this.#nameOf = nameOf;
    this.#singles = new Set(given);
  }

  /** Whether a node computes in half precision. */
  includes({ op, inputs, output }: Pick<Node, 'op' | 'inputs' | 'output'>): boolean {
    if (output.dtype !== 'float32') return false;
    if (products.has(op)) return true;
    return followers.has(op) && inputs.every((input) => input.dtype !== 'float32' || this.#halves.has(input));
  }

  /** The name of a value that is read. */
  read(value: Value, half: boolean): string {
    const single = this.#nameOf(value);
    if (value.dtype !== 'float32') return single;
    const known = this.#halves.get(value);
    if (half) {
      if (known !== undefined) return known;
      return this.#define(value, this.#write.value('Cast', [single], { to: dataTypes.float16 }));
    }
    if (!this.#singles.has(value)) {
      this.#write.node('Cast', [known!], single, { to: dataTypes.float32 });
      this.#singles.add(value);
    }
    return single;
  }

  /** The name under which a node writes a value. */
  written(value: Value, half: boolean): string {
    if (half) return this.#define(value, this.#write.unused('half'));
    this.#singles.add(value);
    return this.#nameOf(value);
  }

  #define(value: Value, name: string): string {
    this.#halves.set(value, name);
    return name;
  }
}

/** A number as a constant in half precision. */
export function halfScalar(value: number): StoredTensor {
  return { dtype: 'float16', shape: [], data: Uint16Array.of(float16Bits(value)) };
}

/** Whether half precision has room for all weights. */
export function fitsHalf(weights: ReadonlyMap<string, Tensor>): boolean {
  for (const { dtype, data } of weights.values())
    if (dtype === 'float32' && (data as Float32Array).some((value) => Math.abs(value) > largest))
      return false;
  return true;
}
