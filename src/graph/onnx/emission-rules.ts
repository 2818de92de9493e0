import type { Tensor } from '../../core/tensor.ts';
import type { OperationName, OperationParameters } from '../operations.ts';
import type { Attribute } from './protobuf.ts';

/** What a rule needs to write its operation as ONNX nodes. Tensors are named by strings. */
export interface Emission {
  readonly inputs: readonly string[];
  readonly output: string;
  node(type: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>): void;
  /** A constant tensor; gives its name. */
  constant(tensor: Tensor): string;
}

type EmissionRule<Op extends OperationName> = (
  emission: Emission,
  parameters: OperationParameters[Op],
) => void;

/** How each operation is written in ONNX's standard operators. */
export const emissionRules: { readonly [Op in OperationName]: EmissionRule<Op> } = {
  conv: ({ node, inputs, output }, { stride, padding, groups }) =>
    node('Conv', inputs, output, {
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      group: groups,
    }),

  convTranspose: ({ node, inputs, output }, { stride }) =>
    node('ConvTranspose', inputs, output, { strides: [stride, stride] }),

  batchNorm: ({ node, inputs, output }, { eps }) =>
    node('BatchNormalization', inputs, output, { epsilon: { float: eps } }),

  linear: ({ node, inputs, output }) => node('Gemm', inputs, output, { transB: 1 }),

  matmul: ({ node, inputs, output }) => node('MatMul', inputs, output),

  relu: ({ node, inputs, output }) => node('Relu', inputs, output),

  sigmoid: ({ node, inputs, output }) => node('Sigmoid', inputs, output),

  softmax: ({ node, inputs, output }, { axis }) => node('Softmax', inputs, output, { axis }),

  add: ({ node, inputs, output }) => node('Add', inputs, output),

  maxPool: ({ node, inputs, output }, { kernel, stride, padding }) =>
    node('MaxPool', inputs, output, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    }),

  upsampleNearest: ({ node, inputs, output, constant }, { factor }) => {
    const scales = constant({ dtype: 'float32', shape: [4], data: Float32Array.of(1, 1, factor, factor) });
    node('Resize', [inputs[0], '', scales], output, {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },

  roiAlign: ({ node, inputs, output }, { resolution, spatialScale, samplingRatio, aligned }) =>
    node('RoiAlign', inputs, output, {
      mode: 'avg',
      output_height: resolution,
      output_width: resolution,
      sampling_ratio: samplingRatio,
      spatial_scale: { float: spatialScale },
      coordinate_transformation_mode: aligned ? 'half_pixel' : 'output_half_pixel',
    }),

  concat: ({ node, inputs, output }, { axis }) => node('Concat', inputs, output, { axis }),

  reshape: ({ node, inputs, output, constant }, { shape }) => {
    const extents = shape.map((extent) => BigInt(extent === 'rest' ? -1 : extent));
    const data = BigInt64Array.from(extents);
    node('Reshape', [inputs[0], constant({ dtype: 'int64', shape: [data.length], data })], output);
  },

  gatherRows: ({ node, inputs, output }) => node('Gather', inputs, output, { axis: 0 }),
};
