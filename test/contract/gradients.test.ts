import { describe, expect, it } from 'vitest';
import { gradientRules } from '../../src/graph/autodiff/gradient-rules.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
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
import { runGraph } from '../support/run-graph.ts';

// Written by test/oracle/gradients.py: torch's gradients for the cases of operations.safetensors.
const golden = await openGolden('gradients.safetensors');
const keys = new Set(golden.keys());
const cases = operationCases.filter(
  ({ name, op }) => keys.has(`${name}/cotangent`) && typeof gradientRules[op] === 'function',
);

it('has a case for every operation with a gradient', () => {
  const differentiable = Object.entries(gradientRules).filter(([, rule]) => typeof rule === 'function');
  expect([...new Set(cases.map(({ op }) => op))].sort()).toEqual(differentiable.map(([op]) => op).sort());
});

describe.each([nodeRuntime, webRuntime])('gradients on $name agree with torch', (runtime) => {
  it.each(cases)('$name', async (operation) => {
    const inputs = await readInputs(operation);
    const wanted = wantedInputs(operation);
    const halves = vjp(caseGraph(operation, inputs), { outputs: ['output'], wrt: wanted });

    const made = await runGraph(halves.forward, inputs, { runtime });
    const cotangent = { [gradientName('output')]: await golden.read(`${operation.name}/cotangent`) };
    const gradients = await runGraph(halves.backward, { ...inputs, ...made, ...cotangent }, { runtime });

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
