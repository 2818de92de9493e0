import { describe, expect, it } from 'vitest';
import { runGraph } from '../../../test/support/run-graph.ts';
import { float32Tensor } from '../../core/tensor.ts';
import { GraphBuilder } from '../builder.ts';

describe('outputs of an ONNX model', () => {
  const g = new GraphBuilder('chain');
  const x = g.input('x', [2]);
  const doubled = g.affine(x, 2);
  const tripled = g.affine(doubled, 3);
  const run = (outputs: Record<string, typeof x>) =>
    runGraph(g.build(outputs), { x: float32Tensor([2], Float32Array.of(1, -1)) });

  it('may have the name of another value', async () => {
    const { [doubled.name]: result } = await run({ [doubled.name]: tripled });
    expect([...result.data]).toEqual([6, -6]);
  });

  it('may have each other’s names', async () => {
    const results = await run({ [doubled.name]: tripled, [tripled.name]: doubled });
    expect([...results[doubled.name].data]).toEqual([6, -6]);
    expect([...results[tripled.name].data]).toEqual([2, -2]);
  });

  it('may be the same value, or an input', async () => {
    const results = await run({ once: doubled, twice: doubled, same: x });
    expect([...results.twice.data]).toEqual([2, -2]);
    expect([...results.same.data]).toEqual([1, -1]);
  });
});
