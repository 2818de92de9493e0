import { writeAtomically } from '../../core/node/atomic-write.ts';
import { sizeOf } from '../../core/tensor.ts';
import { encodeTensor, type WeightPrecision, type WrittenDtype, writtenDtype } from '../elements/encode.ts';
import { PickleWriter } from '../pickle/writer.ts';
import type { WeightFile } from '../weight-file.ts';
import { encodeZip, type ZipFile } from '../zip/writer.ts';

export interface PthOptions {
  /** Default `float32`. In a `float16` file vectors stay float32 (see `writtenDtype`). */
  dtype?: WeightPrecision;
}

const storageTypes: Record<WrittenDtype, string> = {
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  int64: 'LongStorage',
};

/**
 * Writes a state dict in the format of `torch.save` since torch 1.6, for `torch.load` with or without `weights_only`.
 * One tensor at a time is in memory.
 * @throws InputError where the file cannot be written, or a value does not fit float16.
 */
export async function writePth(path: string, weights: WeightFile, options: PthOptions = {}): Promise<void> {
  await writeAtomically(path, async (file) => {
    for await (const chunk of encodePth(weights, options)) await file.writeFile(chunk);
  });
}

/** The bytes of such a file, in order. */
function encodePth(weights: WeightFile, options: PthOptions = {}): AsyncGenerator<Uint8Array> {
  const tensors = weights.keys().map((key): PlannedTensor => {
    const shape = weights.shapeOf(key);
    return { key, shape, dtype: writtenDtype(weights.dtypeOf(key), shape, options.dtype ?? 'float32') };
  });
  const storages = tensors.map(
    ({ key, dtype }, i): ZipFile => ({
      name: `archive/data/${i}`,
      read: async () => encodeTensor(key, await weights.read(key), dtype),
    }),
  );
  return encodeZip([
    { name: 'archive/data.pkl', read: async () => pickleStateDict(tensors) },
    textFile('archive/byteorder', 'little'),
    ...storages,
    textFile('archive/version', '3\n'),
  ]);
}

interface PlannedTensor {
  key: string;
  shape: readonly number[];
  dtype: WrittenDtype;
}

/** `OrderedDict` of key → `_rebuild_tensor_v2(storage, 0, size, stride, False, OrderedDict())`. */
function pickleStateDict(tensors: readonly PlannedTensor[]): Uint8Array {
  const pickle = new PickleWriter();
  pickle.global('collections', 'OrderedDict').callWithNothing();
  pickle.setItems(() => {
    tensors.forEach(({ key, shape, dtype }, i) => {
      pickle.text(key).global('torch._utils', '_rebuild_tensor_v2');
      pickle.tuple(() => {
        pickle.tuple(() => {
          pickle.word('storage').global('torch', storageTypes[dtype]);
          pickle.text(String(i)).word('cpu').integer(sizeOf(shape));
        });
        pickle.persistentId().integer(0);
        pickle.tuple(() => shape.forEach((extent) => void pickle.integer(extent)));
        pickle.tuple(() => stridesOf(shape).forEach((stride) => void pickle.integer(stride)));
        pickle.false().global('collections', 'OrderedDict').callWithNothing();
      });
      pickle.call();
    });
  });
  return pickle.finish();
}

/** Row-major strides, in elements. */
function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape.toReversed()) {
    strides.unshift(stride);
    stride *= extent;
  }
  return strides;
}

function textFile(name: string, text: string): ZipFile {
  return { name, read: async () => new TextEncoder().encode(text) };
}
