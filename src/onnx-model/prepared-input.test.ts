import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { type PreprocessConfig, preprocessSchema } from '../config/schema.ts';
import type { Tensor } from '../core/tensor.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { ModelWriter } from '../graph/onnx/emission.ts';
import { encodeModel } from '../graph/onnx/protobuf.ts';
import type { Picture } from '../image/picture.ts';
import { preparePicture, resizedSize } from '../image/transform.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { pictureInput } from './file.ts';
import { Operators } from './operators.ts';
import { preparedInput } from './prepared-input.ts';
import { flooredProduct } from './split-product.ts';

/** Compiles what `build` writes; it returns the names of outputs and their tensors. */
async function compile(input: Value, build: (o: Operators) => Record<string, string>) {
  const writer = new ModelWriter();
  const outputs = Object.entries(build(new Operators(writer.write))).map(([name, tensor]): Value => {
    writer.write.node('Identity', [tensor], name);
    return { name, dtype: 'float32', shape: [symbol(name)] };
  });
  const { nodes, initializers } = writer;
  const bytes = encodeModel({ name: 'test', inputs: [input], outputs, nodes, initializers });
  const session = await nodeRuntime.createSession(bytes, { threads: 1 });
  return async (tensor: Tensor) => {
    const found = await session.run({ [input.name]: tensor });
    return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data as Float32Array]));
  };
}

function picture(width: number, height: number, valueAt: (i: number) => number): Picture {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => valueAt(i)) };
}

const waves = (i: number) => 60 + 90 * (1 + Math.sin(i / 37 + (i % 3)) * Math.cos(i / 411));

describe('the prepared input', () => {
  const pictures: [name: string, picture: Picture][] = [
    ['enlarged', picture(31, 20, waves)],
    ['shrunk', picture(211, 160, waves)],
    ['as narrow as a pixel', picture(1, 40, waves)],
    ['of one value', picture(9, 9, () => 77)],
    ['of two values', picture(12, 10, (i) => (i < 18 ? 10 : 200))],
    // Stretched, every second value ends on a half.
    ['of neighbouring values', picture(85, 2, (i) => i % 171)],
  ];
  const limits = { minSize: 64, maxSize: 96 };
  const settings: Partial<PreprocessConfig>[] = [
    {},
    { stretch: [0.05, 0.95] },
    { stretch: [0, 1], shrink: false },
  ];

  describe.each(settings)('with %o', async (setting) => {
    const preprocess = preprocessSchema.parse({ ...limits, ...setting });
    const run = await compile(pictureInput, (o) => ({
      tensor: o.reshape(preparedInput(o, pictureInput.name, preprocess, 32).tensor, [-1]),
    }));

    it.each(pictures)('of a picture %s is that of `preparePicture`', async (_, { width, height, data }) => {
      const { tensor } = await run({ dtype: 'uint8', shape: [height, width, 3], data });
      const expected = preparePicture({ width, height, data }, preprocess, 32).tensor.data;
      expect(tensor.length).toBe(expected.length);
      expect(largestDifference(tensor, expected)).toBeLessThan(1e-5);
    });
  });
});

describe('the resized size', () => {
  it('is exact where a float32 product would be rounded', async () => {
    const sides = Float32Array.from({ length: 10_000 }, (_, i) => i + 1);
    const input: Value = { name: 'sides', dtype: 'float32', shape: [sides.length] };
    const run = await compile(input, (o) => ({
      sizes: flooredProduct(o, input.name, o.mul(o.div(2, input.name), 352 / 2)),
    }));
    const { sizes } = await run({ dtype: 'float32', shape: [sides.length], data: sides });
    const expected = Array.from(
      sides,
      (width) => resizedSize({ width, height: 60_000 }, { minSize: 352, maxSize: 1e9 }).width,
    );
    expect([...sizes]).toEqual(expected);
    expect(expected).toContain(351);
  });
});
