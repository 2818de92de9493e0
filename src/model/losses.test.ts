import { describe, expect, it } from 'vitest';
import { openGolden, readTensor, relativeDifference } from '../../test/support/operation-cases.ts';
import { runGraph } from '../../test/support/run-graph.ts';
import type { Tensor } from '../core/tensor.ts';
import { gradientGraph } from '../graph/autodiff/gradient-graph.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { binaryCrossEntropyLoss, deltasOfClass, smoothL1Loss, softmaxCrossEntropyLoss } from './losses.ts';

// Written by test/oracle/graph_functions.py.
const golden = await openGolden('functions.safetensors');

describe('losses and their gradients agree with torch', () => {
  it('objectness: the mean over sampled anchors', async () => {
    const graph = build((g) => {
      const map = [1, 3, symbol('h'), symbol('w')];
      const logits = g.input('logits', map);
      return binaryCrossEntropyLoss(g, logits, g.input('targets', map), g.input('weights', map));
    });
    await expectGradient('objectness', graph, 'logits');
  });

  it('classification: the mean over RoIs', async () => {
    const graph = build((g) => {
      const rois = symbol('rois');
      return softmaxCrossEntropyLoss(g, g.input('logits', [rois, 5]), g.input('labels', [rois], 'int64'));
    });
    await expectGradient('classification', graph, 'logits');
  });

  it('boxes: the class’s deltas of positive RoIs, divided by all', async () => {
    const weights = tensor([1, 1], [1 / 8]);
    await expectGradient('boxes', boxLoss(), 'deltas', { weights });
  });
});

describe('without RoIs losses are zero', () => {
  it('classification', async () => {
    const graph = build((g) => {
      const rois = symbol('rois');
      return softmaxCrossEntropyLoss(g, g.input('logits', [rois, 5]), g.input('labels', [rois], 'int64'));
    });
    const labels = { dtype: 'int64', shape: [0], data: new BigInt64Array(0) } as const;
    const outputs = await runGraph(gradientGraph(graph, { wrt: ['logits'] }), {
      logits: tensor([0, 5], []),
      labels,
    });
    expect([...outputs.loss.data]).toEqual([0]);
    expect(outputs['grad(logits)'].shape).toEqual([0, 5]);
  });

  it('boxes', async () => {
    const outputs = await runGraph(gradientGraph(boxLoss(), { wrt: ['deltas'] }), {
      deltas: tensor([1, 20], new Array(20).fill(1)),
      targets: tensor([0, 4], []),
      weights: tensor([1, 1], [1]),
      rows: { dtype: 'int64', shape: [0], data: new BigInt64Array(0) },
    });
    expect([...outputs.loss.data]).toEqual([0]);
    expect([...outputs['grad(deltas)'].data]).toEqual(new Array(20).fill(0));
  });
});

function boxLoss(): Graph {
  return build((g) => {
    const rows = g.input('rows', [symbol('positives')], 'int64');
    const chosen = deltasOfClass(g, g.input('deltas', [symbol('rois'), 20]), rows);
    const weights = g.input('weights', [1, 1]);
    return smoothL1Loss(g, chosen, g.input('targets', [symbol('positives'), 4]), { beta: 1 / 9, weights });
  });
}

function build(loss: (g: GraphBuilder) => Value): Graph {
  const g = new GraphBuilder('loss');
  return g.build({ loss: loss(g) });
}

async function expectGradient(
  name: string,
  graph: Graph,
  wrt: string,
  further: Record<string, Tensor> = {},
): Promise<void> {
  const inputs = { ...further };
  for (const input of graph.inputs) {
    inputs[input.name] ??= await readTensor(golden, `${name}/${input.name}`);
  }
  const outputs = await runGraph(gradientGraph(graph, { wrt: [wrt] }), inputs);
  expect(outputs.loss.shape).toEqual([]);
  expect(relativeDifference(outputs.loss, await golden.read(`${name}/output`))).toBeLessThan(1e-6);
  const gradient = outputs[`grad(${wrt})`];
  expect(relativeDifference(gradient, await golden.read(`${name}/grad(${wrt})`))).toBeLessThan(1e-6);
}

function tensor(shape: number[], data: number[]): Tensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}
