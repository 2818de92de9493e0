import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';
import type { Graph } from './graph.ts';
import { printGraph } from './print.ts';
import { GraphError } from './shape-checks.ts';
import { verifyGraph } from './verify.ts';

function residualBlock(): Graph {
  const g = new GraphBuilder('block');
  const x = g.input('x', [1, 8, symbol('h'), symbol('w')]);
  const convolved = g.conv(x, g.weight('conv.weight', [8, 8, 3, 3]), g.weight('conv.bias', [8]), {
    padding: 1,
  });
  return g.build({ y: g.relu(g.add(convolved, x)) });
}

describe('a graph', () => {
  it('prints itself', () => {
    expect(printGraph(residualBlock())).toBe(
      [
        'graph block {',
        '  input %x : [1, 8, h, w]',
        '  weight conv.weight : [8, 8, 3, 3]',
        '  weight conv.bias : [8]',
        '  %conv_0 = conv(%x, conv.weight, conv.bias, stride=1, padding=1, groups=1) : [1, 8, h, w]',
        '  %add_1 = add(%conv_0, %x) : [1, 8, h, w]',
        '  %relu_2 = relu(%add_1) : [1, 8, h, w]',
        '  output y = %relu_2',
        '}',
      ].join('\n'),
    );
  });

  it('shares a weight that is requested twice', () => {
    const g = new GraphBuilder('shared');
    expect(g.weight('w', [1])).toBe(g.weight('w', [1]));
  });

  it('refuses shapes that do not fit while it is built, and names the weight', () => {
    const g = new GraphBuilder('wrong');
    const x = g.input('x', [1, 8, 4, 4]);
    const weight = g.weight('layer.weight', [8, 4, 3, 3]);
    expect(() => g.conv(x, weight, null)).toThrow('layer.weight: input channels should be [8], not [4]');
    expect(() => g.add(x, g.input('y', [1, 8, 4, 5]))).toThrow('axis 3 differs');
    expect(() => g.reshape(x, ['rest', 5])).toThrow('cannot reshape x [1, 8, 4, 4] to [rest, 5]');
    expect(() => g.input('x', [1])).toThrow('the name x is taken');
  });
});

describe('the verifier', () => {
  it('accepts graphs from the builder', () => {
    expect(() => verifyGraph(residualBlock())).not.toThrow();
  });

  it.each<[string, (graph: Graph) => Graph, string]>([
    ['a use before the definition', (g) => ({ ...g, nodes: g.nodes.toReversed() }), 'before it is known'],
    ['a missing output', (g) => ({ ...g, nodes: g.nodes.slice(0, 2) }), 'output y is not a value'],
    ['a name given twice', (g) => ({ ...g, inputs: [...g.inputs, ...g.inputs] }), 'two values are named x'],
    [
      'a shape that the rule does not give',
      (g) => ({
        ...g,
        nodes: g.nodes.map((node) => ({ ...node, output: { ...node.output, shape: [1] } })),
      }),
      'conv_0 should be float32[1, 8, h, w], not float32[1]',
    ],
  ])('refuses %s', (_, spoil, message) => {
    const verify = () => verifyGraph(spoil(residualBlock()));
    expect(verify).toThrow(GraphError);
    expect(verify).toThrow(message);
  });

  it('prints the node at fault with those that it uses', () => {
    const graph = residualBlock();
    const nodes = graph.nodes.map((node) =>
      node.op === 'relu' ? { ...node, output: { ...node.output, shape: [1] } } : node,
    );
    expect(() => verifyGraph({ ...graph, nodes })).toThrow(
      [
        'block: relu_2 should be float32[1, 8, h, w], not float32[1]',
        'graph block {',
        '  input %x : [1, 8, h, w]',
        '  %add_1 = add(%conv_0, %x) : [1, 8, h, w]',
        '  %relu_2 = relu(%add_1) : [1]',
        '}',
      ].join('\n'),
    );
  });
});
