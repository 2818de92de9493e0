import type {
  InferenceSession,
  Tensor as OrtTensor,
  TensorConstructor,
  TypedTensor,
} from 'onnxruntime-common';
import { messageOf } from '../core/errors.ts';
import type { DataOf, DType, Tensor } from '../core/tensor.ts';
import { DeviceTensor, type Download } from './device-tensor.ts';
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
  capabilities: Omit<Runtime, 'name' | 'createSession'> = {},
): Runtime {
  const toOrt = (tensor: Tensor): OrtTensor =>
    (tensor instanceof DeviceTensor && tensor.onDevice) ||
    new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  // In Node, ONNX Runtime's tensors cannot be read from a device, but the outputs of a model can.
  let copier: Promise<InferenceSession> | null = null;
  const download: Download = async (tensor) => {
    copier ??= ort.InferenceSession.create(toBytes(identity), settings);
    const { y } = await (await copier).run({ x: tensor });
    return y.data as Float32Array;
  };
  const fromAnywhere = (tensor: OrtTensor): Tensor =>
    tensor.location === 'gpu-buffer'
      ? new DeviceTensor(tensor as TypedTensor<'float32'>, download)
      : fromOrt(tensor);
  return {
    ...capabilities,
    name,
    async createSession(model: Uint8Array, { threads, kept = [] }: SessionOptions = {}) {
      const session = await ort.InferenceSession.create(model, {
        ...settings,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        ...(capabilities.keepsOutputs && kept.length > 0
          ? { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'])) }
          : {}),
      });
      return {
        run: async (inputs: Tensors, room: Tensors = {}) => {
          const taken = session.inputNames.filter((name) => name in inputs);
          const feeds = Object.fromEntries(taken.map((name) => [name, toOrt(inputs[name])]));
          if (!capabilities.takesRoom) return mapValues(await session.run(feeds), fromAnywhere);
          const tensors = session.outputMetadata.filter(({ isTensor }) => isTensor);
          const fetched = Object.fromEntries(
            tensors.map(({ name }): [string, OrtTensor | null] => [
              name,
              name in room ? toOrt(room[name]) : null,
            ]),
          );
          const [first] = session.outputMetadata;
          if (!first.isTensor && tensors.every(({ name }) => name in room)) {
            await runWithoutCopies(session, feeds, { ...fetched, [first.name]: null });
            return { ...room };
          }
          const outputs = mapValues(await session.run(feeds, fetched), fromOrt);
          // The binding writes into `room` but returns copies.
          return { ...outputs, ...room };
        },
        release: () => session.release(),
      };
    },
  };
}

/**
 * Runs a session whose outputs all have room. ONNX Runtime's binding for Node copies every output into new memory after the
 * run, also those that it wrote into the caller's: for the maps of a large picture a twentieth of the prediction's time. It
 * begins with the first output, and ends with an error if that is no tensor: all outputs are in their room then.
 * @param fetched All outputs of a model whose first one is such an output.
 */
async function runWithoutCopies(
  session: InferenceSession,
  feeds: Record<string, OrtTensor>,
  fetched: Record<string, OrtTensor | null>,
): Promise<void> {
  try {
    await session.run(feeds, fetched);
  } catch (error) {
    if (!messageOf(error).startsWith('Non tensor type')) throw error;
  }
}

/** A model that copies a float32 tensor of any shape. */
const identity =
  'CAgSCW1hc2stcmNubjouChAKAXgSAXkiCElkZW50aXR5EgRjb3B5WgkKAXgSBAoCCAFiCQoBeRIECgIIAUIECgAQEQ==';

function toBytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
}

function fromOrt(tensor: OrtTensor): Tensor {
  const dtype = tensor.type as DType;
  return { dtype, shape: tensor.dims, data: tensor.data as DataOf[DType] };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
