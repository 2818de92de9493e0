import { readFileSync } from 'node:fs';
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { OperationName, OperationParameters } from '../../src/graph/operations.ts';
import { memorySource } from '../../src/weights/byte-source.ts';
import { readSafetensors } from '../../src/weights/safetensors/reader.ts';
import type { WeightFile } from '../../src/weights/weight-file.ts';

/** One application of an operation that `test/oracle/operation_cases.py` defines. */
export interface OperationCase<Op extends OperationName = OperationName> {
  name: string;
  op: Op;
  parameters: OperationParameters[Op];
  /** How many inputs it has. */
  inputs: number;
  /** For each input the symbol of its first axis; null where its extent is known. */
  symbols: (string | null)[];
}

/** A file of `test/golden/graph`. */
export function openGolden(name: string): Promise<WeightFile> {
  const bytes = readFileSync(new URL(`../golden/graph/${name}`, import.meta.url));
  return readSafetensors(memorySource(name, bytes));
}

/** Inputs and outputs of torch for each operation. */
export const operationGolden = await openGolden('operations.safetensors');

export const operationCases = JSON.parse(operationGolden.metadata.cases) as OperationCase[];

/** The inputs of a case, as `input0`, `input1`, …. */
export async function readInputs(
  { name, inputs }: OperationCase,
  file = operationGolden,
): Promise<Record<string, Tensor>> {
  const named = Array.from(
    { length: inputs },
    async (_, i): Promise<[string, Tensor]> => [`input${i}`, await readTensor(file, `${name}/input${i}`)],
  );
  return Object.fromEntries(await Promise.all(named));
}

/** The case as a graph with inputs `input0`, … and the output `output`. */
export function caseGraph({ op, parameters, symbols }: OperationCase, inputs: Record<string, Tensor>): Graph {
  const g = new GraphBuilder(op);
  const operands = Object.entries(inputs).map(([name, { shape, dtype }], i) => {
    const first = symbols[i];
    return g.input(name, first === null ? shape : [symbol(first), ...shape.slice(1)], dtype);
  });
  return g.build({ output: g.apply(op, operands, parameters) });
}

/** Reads a tensor in the type that it has in the file, if graphs have it; else as float32. */
export async function readTensor(file: WeightFile, key: string): Promise<Tensor> {
  const { shape, data } = await file.read(key);
  const dtype = file.dtypeOf(key);
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(data, BigInt) };
  if (dtype === 'int32') return { dtype, shape, data: Int32Array.from(data) };
  if (dtype === 'int8') return { dtype, shape, data: Int8Array.from(data) };
  if (dtype === 'uint8') return { dtype, shape, data: Uint8Array.from(data) };
  return { dtype: 'float32', shape, data };
}

/** The L2 norm of the difference, divided by that of what is expected. */
export function relativeL2(actual: Tensor, expected: Tensor): number {
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.data.length; i++) {
    difference += (Number(actual.data[i]) - Number(expected.data[i])) ** 2;
    magnitude += Number(expected.data[i]) ** 2;
  }
  return Math.sqrt(difference / magnitude);
}

/** The largest difference between two tensors' elements, divided by one plus the largest expected element. */
export function relativeDifference(actual: Tensor, expected: Tensor): number {
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.data.length; i++) {
    difference = Math.max(difference, Math.abs(Number(actual.data[i]) - Number(expected.data[i])));
    magnitude = Math.max(magnitude, Math.abs(Number(expected.data[i])));
  }
  return difference / (1 + magnitude);
}
