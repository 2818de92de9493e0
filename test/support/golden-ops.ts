import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readWeights } from './read-weights.ts';

const folder = new URL('../golden/ops/', import.meta.url);
const { operations } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8'));

/** One case of an operation: its parameters, and its tensors by name. */
export interface GoldenCase<Parameters> {
  name: string;
  parameters: Parameters;
  /** The values of a tensor as float32. */
  data(tensor: string): Promise<Float32Array>;
  shape(tensor: string): readonly number[];
}

/** The cases of an operation that `test/oracle/ops.py` wrote; see test/golden/ops/README.md. */
export async function goldenCases<Parameters>(operation: string): Promise<GoldenCase<Parameters>[]> {
  const file = await readWeights(fileURLToPath(new URL(`${operation}.safetensors`, folder)));
  return Object.entries<Parameters>(operations[operation]).map(([name, parameters]) => ({
    name,
    parameters,
    data: async (tensor) => (await file.read(`${name}.${tensor}`)).data,
    shape: (tensor) => file.shapeOf(`${name}.${tensor}`),
  }));
}
