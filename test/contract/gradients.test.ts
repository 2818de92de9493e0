import { describe, expect, it } from 'vitest';
import { gradientRules } from '../../src/graph/autodiff/gradient-rules.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { verifyGraph } from '../../src/graph/verify.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import type { Runtime, Tensors } from '../../src/runtime/runtime.ts';
import { webRuntime } from '../../src/runtime/web.ts';
import {
  caseGraph,
  type OperationCase,
  openGolden,
  operationCases,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';

// Written by test/oracle/gradients.py: torch's gradients for the cases of operations.safetensors.
const golden = await openGolden('gradients.safetensors');
const keys = new Set(golden.keys());
const cases = operationCases.filter(
  ({ name, op }) => keys.has(`${name}/cotangent`) && gradientRules[op] !== 'not differentiable',
);

it('has a case for every operation with a gradient', () => {
  const differentiable = Object.entries(gradientRules).filter(([, rule]) => rule !== 'not differentiable');
  expect([...new Set(cases.map(({ op }) => op))].sort()).toEqual(differentiable.map(([op]) => op).sort());
});

describe.each([nodeRuntime, webRuntime])('gradients on $name agree with torch', (runtime) => {
  it.each(cases)('$name', async (operation) => {
    const inputs = await readInputs(operation);
    const wanted = wantedInputs(operation);
    const halves = vjp(caseGraph(operation, inputs), { outputs: ['output'], wrt: wanted });

    const made = await run(runtime, halves.forward, inputs);
    const cotangent = { [gradientName('output')]: await golden.read(`${operation.name}/cotangent`) };
    const gradients = await run(runtime, halves.backward, { ...inputs, ...made, ...cotangent });

    for (const input of wanted) {
      const expected = await readTensor(golden, `${operation.name}/${input.replace('input', 'gradient')}`);
      const gradient = gradients[gradientName(input)];
      expect(gradient.shape, input).toEqual(expected.shape);
      expect(relativeDifference(gradient, expected), input).toBeLessThan(5e-6);
    }
  });
});

function wantedInputs({ name, inputs }: OperationCase): string[] {
  return Array.from({ length: inputs }, (_, i) => i)
    .filter((i) => keys.has(`${name}/gradient${i}`))
    .map((i) => `input${i}`);
}

/** Runs a graph on those of the tensors that it takes. */
async function run(runtime: Runtime, graph: Graph, tensors: Tensors) {
  verifyGraph(graph);
  const session = await runtime.createSession(emitOnnx(graph), { threads: 1 });
  const outputs = await session.run(
    Object.fromEntries(graph.inputs.map(({ name }) => [name, tensors[name]])),
  );
  await session.release();
  return outputs;
}
