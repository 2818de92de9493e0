import { defaultThreads, load, type Model, messageOf, type PictureSource } from '../product.ts';
import type { Calls, LoadedModel } from './protocol.ts';

interface Chosen extends Omit<LoadedModel, 'facts'> {
  model: Model<PictureSource>;
}

/**
 * Loads a model on the requested device. With `auto`, WebGPU is used if a trial run succeeds, otherwise WebAssembly, with
 * the reason in `webgpuFailure`.
 * @throws whatever `load` throws and, with `webgpu`, the trial run.
 */
export async function chooseDevice({ bytes, device, ortFiles }: Calls['load']['takes']): Promise<Chosen> {
  const threads = defaultThreads();
  const options = { threads, runtimeFiles: ortFiles };
  let webgpuFailure: string | null = null;
  if (device === 'webgpu' || (device === 'auto' && (await hasGraphicsProcessor()))) {
    try {
      const model = await load(bytes, { ...options, device: 'webgpu' });
      await tryOut(model);
      return { model, device: 'webgpu', threads, webgpuFailure };
    } catch (error) {
      if (device === 'webgpu') throw error;
      webgpuFailure = messageOf(error);
    }
  }
  return { model: await load(bytes, { ...options, device: 'wasm' }), device: 'wasm', threads, webgpuFailure };
}

interface Gpu {
  requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean } } | null>;
}

/** Whether WebGPU has a real GPU: a software adapter is much slower than WebAssembly. */
async function hasGraphicsProcessor(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: Gpu };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? adapter.info?.isFallbackAdapter !== true : false;
}

/** Unsupported operations show only at run time. Any picture runs at least the backbone and the RPN. */
async function tryOut(model: Model<PictureSource>): Promise<void> {
  try {
    await model.predict(new ImageData(64, 64), { score: 0 });
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
