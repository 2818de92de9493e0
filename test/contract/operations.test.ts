import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import type { OperationName, OperationParameters } from '../../src/graph/operations.ts';
import { shapeRules } from '../../src/graph/shape-rules.ts';
import { verifyGraph } from '../../src/graph/verify.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { webRuntime } from '../../src/runtime/web.ts';
import { memorySource } from '../../src/weights/byte-source.ts';
import { readSafetensors } from '../../src/weights/safetensors-reader.ts';

// Written by test/oracle/operations.py: inputs and outputs of torch for each operation.
const golden = await readSafetensors(
  memorySource(
    'operations.safetensors',
    readFileSync(new URL('../golden/graph/operations.safetensors', import.meta.url)),
  ),
);

interface Case<Op extends OperationName = OperationName> {
  name: string;
  op: Op;
  parameters: OperationParameters[Op];
  inputs: number;
}

const cases = JSON.parse(golden.metadata.cases) as Case[];

it('has a case for every operation', () => {
  expect([...new Set(cases.map(({ op }) => op))].sort()).toEqual(Object.keys(shapeRules).sort());
});

describe.each([nodeRuntime, webRuntime])('operations on $name agree with torch', (runtime) => {
  it.each(cases)('$name', async ({ name, op, parameters, inputs }) => {
    const tensors = await Promise.all(
      Array.from({ length: inputs }, (_, i) => readTensor(`${name}/input${i}`)),
    );
    const expected = await golden.read(`${name}/output`);

    // The first axis is symbolic wherever the operation allows it: pictures and RoIs vary in number.
    const g = new GraphBuilder(op);
    const operands = tensors.map((tensor, i) => {
      const fixed = takesWeights(op) && i > 0;
      const rows =
        op === 'concat' ? symbol(`rows${i}`) : symbol(op === 'roiAlign' && i === 0 ? 'pictures' : 'rows');
      const shape = fixed || op === 'gatherRows' ? tensor.shape : [rows, ...tensor.shape.slice(1)];
      return g.input(`input${i}`, shape, tensor.dtype);
    });
    const graph = g.build({ output: g.apply(op, operands, parameters) });
    verifyGraph(graph);

    const session = await runtime.createSession(emitOnnx(graph), { threads: 1 });
    const feeds = Object.fromEntries(tensors.map((tensor, i) => [`input${i}`, tensor]));
    const { output } = await session.run(feeds);
    await session.release();

    expect(output.shape).toEqual(expected.shape);
    // Sums of up to 147 float32 products in another order.
    const magnitude = maxDifference(expected.data, new Float32Array(expected.data.length));
    expect(maxDifference(output.data as Float32Array, expected.data)).toBeLessThan(2e-6 * (1 + magnitude));
  });
});

function takesWeights(op: OperationName): boolean {
  return op === 'conv' || op === 'convTranspose' || op === 'batchNorm' || op === 'linear';
}

async function readTensor(key: string): Promise<Tensor> {
  const tensor = await golden.read(key);
  if (golden.dtypeOf(key) !== 'int64') return tensor;
  return { dtype: 'int64', shape: tensor.shape, data: BigInt64Array.from(tensor.data, BigInt) };
}

function maxDifference(actual: Float32Array, expected: Float32Array): number {
  return actual.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i])), 0);
}
