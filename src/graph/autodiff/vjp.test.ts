import { describe, expect, it } from 'vitest';
import { runGraph } from '../../../test/support/run-graph.ts';
import { float32Tensor } from '../../core/tensor.ts';
import { GraphBuilder } from '../builder.ts';
import { symbol } from '../dim.ts';
import type { Graph } from '../graph.ts';
import { printGraph } from '../print.ts';
import { GraphError } from '../shape-checks.ts';
import { verifyGraph } from '../verify.ts';
import { gradientGraph } from './gradient-graph.ts';
import { vjp } from './vjp.ts';

/** Three layers, the output of the second used twice: `a` at the bottom, `c` at the top. */
function layers(): Graph {
  const g = new GraphBuilder('layers');
  const x = g.input('x', [symbol('rows'), 4]);
  const layer = (input: typeof x, name: string) =>
    g.relu(g.linear(input, g.weight(`${name}.weight`, [4, 4]), g.weight(`${name}.bias`, [4])));
  const second = layer(layer(x, 'a'), 'b');
  return g.build({ y: g.add(layer(second, 'c'), second), second });
}

describe('a split graph', () => {
  it('prints the residuals between the halves', () => {
    const { forward, backward, residuals } = vjp(layers(), { outputs: ['y'], wrt: ['b.weight', 'c.bias'] });
    verifyGraph(forward);
    verifyGraph(backward);
    // The bottom layer is frozen: its output is a residual (b.weight needs it), but no gradient passes below.
    // The second layer's output is a residual under its output name.
    expect(residuals).toEqual(['relu_1', 'second', 'relu_5']);
    expect(printGraph(backward)).toBe(
      [
        'graph layers backward {',
        '  input %grad(y) : [rows, 4]',
        '  input %relu_1 : [rows, 4]',
        '  input %second : [rows, 4]',
        '  input %relu_5 : [rows, 4]',
        '  weight c.weight : [4, 4]',
        '  %step_7 = step(%relu_5) : [rows, 4]',
        '  %mul_8 = mul(%grad(y), %step_7) : [rows, 4]',
        '  %matmul_9 = matmul(%mul_8, c.weight) : [rows, 4]',
        '  %add_10 = add(%grad(y), %matmul_9) : [rows, 4]',
        '  %reduceSum_11 = reduceSum(%mul_8, axes=[0]) : [1, 4]',
        '  %reshape_12 = reshape(%reduceSum_11, shape=[4]) : [4]',
        '  %step_13 = step(%second) : [rows, 4]',
        '  %mul_14 = mul(%add_10, %step_13) : [rows, 4]',
        '  %matmul_15 = matmul(%mul_14, %relu_1, transposeA=true) : [4, 4]',
        '  output grad(b.weight) = %matmul_15',
        '  output grad(c.bias) = %reshape_12',
        '}',
      ].join('\n'),
    );
  });

  it('keeps shapes instead of tensors if only the shape is needed', () => {
    const g = new GraphBuilder('sum');
    const x = g.input('x', [symbol('n'), symbol('m')]);
    const large = g.transpose(x, [1, 0]);
    const graph = g.build({ y: g.reduceSum(large, [0, 1]) });
    const { forward, residuals } = vjp(graph, { outputs: ['y'], wrt: ['x'] });
    expect(residuals).toHaveLength(1);
    expect(forward.outputs.get(residuals[0])).toMatchObject({ dtype: 'int64', shape: [2] });
  });

  it('recomputes what costs nothing, and what depends only on weights', () => {
    const g = new GraphBuilder('cheap');
    const x = g.input('x', [symbol('n'), 2, 2]);
    const scaled = g.mul(g.weight('w', [4, 4]), g.weight('scale', [4, 1]));
    const flat = g.reshape(x, ['rest', 4]);
    const graph = g.build({ y: g.matmul(flat, scaled) });
    expect(vjp(graph, { outputs: ['y'], wrt: ['x', 'w'] }).residuals).toEqual([]);
  });

  it('keeps one map of a convolution, batch norm and ReLU', () => {
    const g = new GraphBuilder('block');
    const image = g.input('image', [symbol('n'), 1, 8, 8]);
    const conv = g.conv(image, g.weight('w1', [2, 1, 1, 1]), null);
    const scaled = g.add(g.mul(conv, g.weight('scale', [1, 2, 1, 1])), g.weight('shift', [1, 2, 1, 1]));
    const active = g.apply('relu', [scaled], {});
    const y = g.conv(active, g.weight('w2', [2, 2, 1, 1]), null);
    const { residuals } = vjp(g.build({ y }), { outputs: ['y'], wrt: ['w1', 'scale', 'shift', 'w2'] });
    expect(residuals).toEqual([conv.name]);
  });

  it('leaves losses of late inputs to the backward half', () => {
    const g = new GraphBuilder('late');
    const y = g.apply('exp', [g.mul(g.input('x', [3]), g.weight('w', [3]))], {});
    const loss = g.reshape(g.reduceSum(g.mul(y, g.input('target', [3])), [0]), []);
    const options = { outputs: ['y'], losses: ['loss'], late: ['target'], wrt: ['w'] };
    const { forward, backward, residuals } = vjp(g.build({ y, loss }), options);
    expect([...forward.outputs.keys()]).toEqual(['y']);
    expect(forward.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(residuals).toEqual(['y']);
    expect([...backward.outputs.keys()]).toEqual(['loss', 'grad(w)']);
    expect(backward.inputs.map(({ name }) => name)).toEqual(['x', 'target', 'grad(y)', 'y']);
  });

  it('gives the same gradients as one graph', async () => {
    const g = new GraphBuilder('both');
    const x = g.input('x', [2, 3]);
    const y = g.sigmoid(g.linear(x, g.weight('w', [3, 3]), g.weight('b', [3])));
    const loss = g.reshape(g.reduceSum(g.mul(y, y), [0, 1]), []);
    const graph = g.build({ y, loss });
    const wrt = ['x', 'w', 'b'];
    const numbers = (shape: number[], count: number) =>
      float32Tensor(
        shape,
        Float32Array.from({ length: count }, (_, i) => Math.sin(i + count)),
      );
    const tensors = { x: numbers([2, 3], 6), w: numbers([3, 3], 9), b: numbers([3], 3) };

    const whole = await runGraph(gradientGraph(graph, { wrt }), tensors);
    const halves = vjp(graph, { outputs: [], losses: ['loss'], wrt });
    const made = await runGraph(halves.forward, tensors);
    const split = await runGraph(halves.backward, { ...tensors, ...made });
    expect(made.loss.data).toEqual(whole.loss.data);
    for (const name of wrt) expect(split[`grad(${name})`].data).toEqual(whole[`grad(${name})`].data);
  });
});

describe('differentiation refuses', () => {
  const scalar = (g: GraphBuilder) => g.reshape(g.reduceSum(g.input('x', [2]), [0]), []);

  it.each<[string, () => unknown, string]>([
    ['an unknown output', () => vjp(layers(), { outputs: ['z'], wrt: ['x'] }), 'layers has no output z'],
    ['an unknown weight', () => vjp(layers(), { outputs: ['y'], wrt: ['d'] }), 'no weight and no input d'],
    [
      'a weight that no output depends on',
      () => vjp(layers(), { outputs: ['second'], wrt: ['c.weight'] }),
      'no output depends on c.weight',
    ],
    [
      'a loss that is no scalar',
      () => gradientGraph(layers(), { losses: ['y'], wrt: ['x'] }),
      'y should be a scalar',
    ],
    [
      'boxes of RoIAlign',
      () => {
        const g = new GraphBuilder('rois');
        const boxes = g.input('boxes', [symbol('r'), 4]);
        const batch = g.input('batch', [symbol('r')], 'int64');
        const pool = { resolution: 7, spatialScale: 1, samplingRatio: 2, aligned: false };
        const y = g.roiAlign(g.input('features', [1, 8, 9, 9]), boxes, batch, pool);
        return vjp(g.build({ y }), { outputs: ['y'], wrt: ['boxes'] });
      },
      'roiAlign has no gradient with respect to boxes',
    ],
    [
      'an operation without a rule',
      () => {
        const g = new GraphBuilder('bytes');
        const y = g.apply('toBytes', [g.input('x', [1])], { scale: 1, zeroPoint: 0 });
        return vjp(g.build({ y }), { outputs: ['y'], wrt: ['x'] });
      },
      'toBytes is not differentiable',
    ],
    ...['x', 'w'].map((wrt): [string, () => unknown, string] => [
      `a gradient through uneven padding with respect to ${wrt}`,
      () => {
        const g = new GraphBuilder('uneven');
        const y = g.conv(g.input('x', [1, 1, 4, 4]), g.input('w', [1, 1, 3, 3]), null, {
          stride: 2,
          more: 1,
        });
        return vjp(g.build({ y }), { outputs: ['y'], wrt: [wrt] });
      },
      'a convolution with uneven padding has no gradient',
    ]),
  ])('%s', (_, differentiate, message) => {
    expect(differentiate).toThrow(GraphError);
    expect(differentiate).toThrow(message);
  });

  it('nothing if there is a constant in between', () => {
    const g = new GraphBuilder('constant');
    const x = g.input('y', [2]);
    const graph = g.build({
      loss: g.add(scalar(g), g.reshape(g.reduceSum(g.apply('step', [x], {}), [0]), [])),
    });
    expect(() => gradientGraph(graph, { wrt: ['x'] })).not.toThrow();
    expect(() => gradientGraph(graph, { wrt: ['y'] })).toThrow('no output depends on y');
  });
});
