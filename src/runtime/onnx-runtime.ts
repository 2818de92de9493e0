import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import type { DataOf, DType, Tensor } from '../core/tensor.ts';
import type { Runtime, SessionOptions, Tensors } from './runtime.ts';

/** The interface that `onnxruntime-node` and `onnxruntime-web` share. */
export interface OrtModule {
  InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: TensorConstructor;
}

/**
 * Wraps either package as a {@link Runtime}. `settings` are the package's session options; the last
 * parameter, how the packages differ.
 */
export function onnxRuntime(
  name: string,
  ort: OrtModule,
  settings: InferenceSession.SessionOptions,
  {
    lacks = [],
    isDevice = false,
    takesRoom = false,
    multipliesFast = false,
    multipliesBytes = false,
    blocksChannels = false,
  }: Partial<Omit<Runtime, 'name' | 'createSession'>> = {},
): Runtime {
  const toOrt = (tensor: Tensor) => new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  return {
    name,
    lacks,
    isDevice,
    takesRoom,
    multipliesFast,
    multipliesBytes,
    blocksChannels,
    async createSession(model: Uint8Array, { threads }: SessionOptions = {}) {
      const session = await ort.InferenceSession.create(model, {
        ...settings,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      });
      return {
        run: async (inputs: Tensors, room: Tensors = {}) => {
          const taken = session.inputNames.filter((name) => name in inputs);
          const feeds = Object.fromEntries(taken.map((name) => [name, toOrt(inputs[name])]));
          if (!takesRoom) return mapValues(await session.run(feeds), fromOrt);
          const fetched = session.outputNames.map((name): [string, OrtTensor | null] => [
            name,
            name in room ? toOrt(room[name]) : null,
          ]);
          const outputs = mapValues(await session.run(feeds, Object.fromEntries(fetched)), fromOrt);
          // The binding writes into `room` but returns copies.
          return { ...outputs, ...room };
        },
        release: () => session.release(),
      };
    },
  };
}

function fromOrt(tensor: OrtTensor): Tensor {
  const dtype = tensor.type as DType;
  return { dtype, shape: tensor.dims, data: tensor.data as DataOf[DType] };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
