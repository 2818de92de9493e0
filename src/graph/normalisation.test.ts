import { describe, expect, it } from 'vitest';
import { openGolden, readTensor, relativeDifference } from '../../test/support/operation-cases.ts';
import { runGraph } from '../../test/support/run-graph.ts';
import type { Tensor } from '../core/tensor.ts';
import { vjp } from './autodiff/vjp.ts';
import { batchStatisticName, scaleWeightsByBatchNorm, useBatchStatistics } from './batch-norm.ts';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';
import type { Graph } from './graph.ts';
import { groupNorm } from './group-norm.ts';

// Written by test/oracle/graph_functions.py.
const golden = await openGolden('functions.safetensors');
const maps = (channels: number) => [symbol('pictures'), channels, symbol('h'), symbol('w')];

describe('normalisations and their gradients agree with torch', () => {
  it('batch norm by the statistics of the batch', async () => {
    const g = new GraphBuilder('norm');
    const weights = ['weight', 'bias', 'running_mean', 'running_var'].map((name) => g.weight(name, [4]));
    const x = g.input('x', maps(4));
    const frozen = g.build({ output: g.apply('batchNorm', [x, ...weights], { eps: 1e-5 }) });
    const outputs = await expectGradients('batch norm of the batch', useBatchStatistics(frozen));
    for (const [name, key] of [
      [batchStatisticName('running_mean'), 'mean'],
      [batchStatisticName('running_var'), 'variance'],
    ]) {
      const expected = await golden.read(`batch norm of the batch/${key}`);
      expect(relativeDifference(outputs[name], expected)).toBeLessThan(1e-6);
    }
  });

  it('group norm', async () => {
    const g = new GraphBuilder('norm');
    const affine = { weight: g.weight('weight', [6]), bias: g.weight('bias', [6]) };
    const output = groupNorm(g, g.input('x', maps(6)), affine, { groups: 3, eps: 1e-5 });
    await expectGradients('group norm', g.build({ output }));
  });

  it('frozen batch norm, as it is and moved into the convolution’s weight', async () => {
    const g = new GraphBuilder('norm');
    const convolved = g.conv(
      g.input('x', [symbol('pictures'), 3, symbol('h', 2), symbol('w', 2)]),
      g.weight('weight', [4, 3, 3, 3]),
      g.weight('bias', [4]),
      { stride: 2, padding: 1 },
    );
    const constants = ['gamma', 'beta', 'mean', 'variance'].map((name) => g.weight(name, [4]));
    const graph = g.build({ output: g.apply('batchNorm', [convolved, ...constants], { eps: 1e-3 }) });
    const scaled = scaleWeightsByBatchNorm(graph);
    expect(scaled.nodes.map(({ op }) => op)).not.toContain('batchNorm');
    await expectGradients('convolution and batch norm', graph);
    await expectGradients('convolution and batch norm', scaled);
  });
});

/** Compares the output and the gradient of every input and weight; returns the forward half's outputs. */
async function expectGradients(name: string, graph: Graph): Promise<Record<string, Tensor>> {
  const variables = [...graph.inputs, ...graph.weights].map((value) => value.name);
  const tensors: Record<string, Tensor> = {};
  for (const key of [...variables, 'grad(output)']) tensors[key] = await readTensor(golden, `${name}/${key}`);

  const halves = vjp(graph, { outputs: ['output'], wrt: variables });
  const made = await runGraph(halves.forward, tensors);
  expect(relativeDifference(made.output, await golden.read(`${name}/output`))).toBeLessThan(2e-6);
  const gradients = await runGraph(halves.backward, { ...tensors, ...made });
  for (const variable of variables) {
    const expected = await golden.read(`${name}/grad(${variable})`);
    expect(relativeDifference(gradients[`grad(${variable})`], expected), variable).toBeLessThan(5e-6);
  }
  return made;
}
