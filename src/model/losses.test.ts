import { describe, expect, it } from 'vitest';
import { openGolden, readTensor, relativeDifference } from '../../test/support/operation-cases.ts';
import { runGraph } from '../../test/support/run-graph.ts';
import type { Tensor } from '../core/tensor.ts';
import { gradientGraph } from '../graph/autodiff/gradient-graph.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import {
  binaryCrossEntropyLoss,
  deltasOfClass,
  excludedClass,
  smoothL1Loss,
  softmaxCrossEntropyLoss,
} from './losses.ts';

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

describe('classification of RoIs that may be of several classes', () => {
  const graph = (partial: boolean) =>
    build((g) => {
      const shape = [symbol('rois'), 4];
      const [logits, labels] = [g.input('logits', shape), g.input('labels', [shape[0]], 'int64')];
      return softmaxCrossEntropyLoss(g, logits, labels, partial ? g.input('alternatives', shape) : undefined);
    });
  const run = async (logits: number[], labels: bigint[], alternatives?: number[]) => {
    const rows = labels.length;
    const outputs = await runGraph(gradientGraph(graph(alternatives !== undefined), { wrt: ['logits'] }), {
      logits: tensor([rows, 4], logits),
      labels: { dtype: 'int64', shape: [rows], data: BigInt64Array.from(labels) },
      ...(alternatives ? { alternatives: tensor([rows, 4], alternatives) } : {}),
    });
    return { loss: outputs.loss.data[0], gradient: [...(outputs['grad(logits)'].data as Float32Array)] };
  };
  const no = excludedClass;

  it('is minus the logarithm of their common probability', async () => {
    // Softmax of log 1, log 2, log 3, log 4: probabilities .1, .2, .3, .4. Background or the unknown class 2: .4.
    const { loss, gradient } = await run([1, 2, 3, 4].map(Math.log), [0n], [0, no, 0, no]);
    expect(loss).toBeCloseTo(-Math.log(0.4), 6);
    // p − q, where q divides the probability 1 of the two among them: .1/.4 and .3/.4.
    [0.1 - 0.25, 0.2, 0.3 - 0.75, 0.4].forEach((expected, c) => {
      expect(gradient[c]).toBeCloseTo(expected, 6);
    });
  });

  it('does not push an unknown class down on the background', async () => {
    const sure = [-5, -5, 9, -5];
    const known = await run(sure, [0n]);
    const unknown = await run(sure, [0n], [0, no, 0, no]);
    expect(known.gradient[2]).toBeGreaterThan(0.99);
    expect(unknown.loss).toBeLessThan(1e-5);
    expect(unknown.gradient[2]).toBeLessThanOrEqual(0);
  });

  it('equals cross-entropy to the bit where every RoI is of its label', async () => {
    const logits = [0.3, -1.2, 2.1, 0.7, 1.5, 0.2, -0.4, 3.3];
    const exact = await run(logits, [0n, 3n]);
    expect(await run(logits, [0n, 3n], [0, no, no, no, no, no, no, 0])).toEqual(exact);
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
