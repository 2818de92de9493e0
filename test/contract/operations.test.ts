import { describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { shapeRules } from '../../src/graph/shape-rules.ts';
import { verifyGraph } from '../../src/graph/verify.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { webRuntime } from '../../src/runtime/web.ts';
import {
  caseGraph,
  type OperationCase,
  operationCases,
  operationGolden,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';

// The golden file is written by test/oracle/operations.py.
it('has a case for every operation', () => {
  expect([...new Set(operationCases.map(({ op }) => op))].sort()).toEqual(Object.keys(shapeRules).sort());
});

describe.each([nodeRuntime, webRuntime])('operations on $name agree with torch', (runtime) => {
  it.each(operationCases)('$name', (operation) => expectAgreement(operation, runtime));
});

describe('operations as devices compute them agree with torch', () => {
  const runtime = { ...nodeRuntime, lacks: ['Conv.Multiplier'] };
  const gradients = operationCases.filter(({ op }) => op === 'convWeightGradient');
  it.each(gradients)('$name', (operation) => expectAgreement(operation, runtime));
});

async function expectAgreement(operation: OperationCase, runtime: Runtime): Promise<void> {
  const inputs = await readInputs(operation);
  const expected = await readTensor(operationGolden, `${operation.name}/output`);
  const graph = caseGraph(operation, inputs);
  verifyGraph(graph);

  const model = emitOnnx(graph, new Map(), { lacks: runtime.lacks });
  const session = await runtime.createSession(model, { threads: 1 });
  const { output } = await session.run(inputs);
  await session.release();

  expect(output.shape).toEqual(expected.shape);
  expect(output.dtype).toBe(expected.dtype);
  // Sums of some hundred float32 products, and coordinates of sampling points up to 40.
  expect(relativeDifference(output, expected)).toBeLessThan(5e-6);
}
