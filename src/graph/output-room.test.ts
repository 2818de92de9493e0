import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../core/tensor.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';
import { emitOnnx } from './onnx/emit.ts';
import { OutputRoom, outputShapes } from './output-room.ts';

/** A map of any size, doubled, halved by a convolution and added up. */
function graph() {
  const g = new GraphBuilder('room');
  const x = g.input('x', [1, 1, symbol('h'), symbol('w')]);
  const twice = g.add(x, x);
  const kernel = g.weight('kernel', [1, 1, 1, 1]);
  return g.build({ twice, half: g.conv(x, kernel, null, { stride: 2 }), same: x });
}

const weights = new Map([['kernel', float32Tensor([1, 1, 1, 1], Float32Array.of(3))]]);

const input = (height: number, width: number) => ({
  x: float32Tensor(
    [1, 1, height, width],
    Float32Array.from({ length: height * width }, (_, i) => i),
  ),
});

describe('the outputs of a graph', () => {
  it('have shapes that its inputs determine, odd extents included', () => {
    const shapes = outputShapes(graph(), input(5, 6));
    expect([...(shapes ?? [])].map(([name, { shape }]) => [name, ...shape])).toEqual([
      ['twice', 1, 1, 5, 6],
      ['half', 1, 1, 3, 3],
      ['same', 1, 1, 5, 6],
    ]);
  });

  it('have new memory for each run, those that are kept the same one', () => {
    const room = new OutputRoom(graph(), ['twice']);
    const first = room.forRun(input(5, 6));
    const second = room.forRun(input(5, 6));
    expect(second?.twice.data).toBe(first?.twice.data);
    expect(second?.half.data).not.toBe(first?.half.data);
    expect(room.forRun(input(6, 5))?.twice.data).not.toBe(first?.twice.data);
  });
});

describe('a session whose outputs have room', () => {
  const open = () =>
    nodeRuntime.createSession(emitOnnx(graph(), weights, { takesRoom: true }), { threads: 1 });

  it('writes them there, and returns nothing else', async () => {
    const session = await open();
    const room = new OutputRoom(graph()).forRun(input(3, 2)) ?? {};
    const outputs = await session.run(input(3, 2), room);
    expect(Object.keys(outputs)).toEqual(['twice', 'half', 'same']);
    expect(outputs.twice.data).toBe(room.twice.data);
    expect([...outputs.twice.data]).toEqual([0, 2, 4, 6, 8, 10]);
    expect([...outputs.half.data]).toEqual([0, 12]);
    expect([...outputs.same.data]).toEqual([0, 1, 2, 3, 4, 5]);
    await session.release();
  });

  it('gives the others memory of its own', async () => {
    const session = await open();
    const { twice } = new OutputRoom(graph()).forRun(input(1, 2)) ?? {};
    const outputs = await session.run(input(1, 2), { twice });
    expect(outputs.twice.data).toBe(twice.data);
    expect(Object.entries(outputs).map(([name, { data }]) => [name, ...data])).toEqual([
      ['twice', 0, 2],
      ['half', 0],
      ['same', 0, 1],
    ]);
    await session.release();
  });

  it('reports an error of the run', async () => {
    const session = await open();
    const room = new OutputRoom(graph()).forRun(input(4, 4)) ?? {};
    await expect(session.run(input(3, 2), room)).rejects.toThrow('shape');
    await session.release();
  });
});
