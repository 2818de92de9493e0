import type { TypedTensor } from 'onnxruntime-common';
import type { Float32Tensor } from '../core/tensor.ts';
import type { Tensors } from './runtime.ts';

/** Copies a tensor from a device's memory. */
export type Download = (tensor: TypedTensor<'float32'>) => Promise<Float32Array>;

/** A tensor in a device's memory, where the device's sessions read it. */
export class DeviceTensor implements Float32Tensor {
  readonly dtype = 'float32';
  readonly shape: readonly number[];
  readonly #download: Download;
  #onDevice: TypedTensor<'float32'> | null;
  #data: Float32Array | null = null;

  constructor(tensor: TypedTensor<'float32'>, download: Download) {
    this.shape = tensor.dims;
    this.#onDevice = tensor;
    this.#download = download;
  }

  /** ONNX Runtime's tensor; null once it was moved or released. */
  get onDevice(): TypedTensor<'float32'> | null {
    return this.#onDevice;
  }

  /** @throws Error unless it was moved to the host's memory. */
  get data(): Float32Array {
    if (!this.#data) throw new Error('the maps are in the memory of the device; `explain` reads them');
    return this.#data;
  }

  /** Moves it to the host's memory. */
  async toHost(): Promise<void> {
    if (!this.#onDevice) return;
    this.#data = await this.#download(this.#onDevice);
    this.release();
  }

  /** Frees the device's memory. */
  release(): void {
    this.#onDevice?.dispose();
    this.#onDevice = null;
  }
}

/** Moves those of the tensors that are in a device's memory to the host's. */
export async function moveToHost(tensors: Tensors): Promise<void> {
  for (const tensor of Object.values(tensors)) if (tensor instanceof DeviceTensor) await tensor.toHost();
}

/** Frees the device's memory of tensors; they must not be read afterwards. */
export function releaseFromDevice(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) if (tensor instanceof DeviceTensor) tensor.release();
}
