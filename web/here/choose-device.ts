import { load, type Model, type WebPictureSource } from '../product.ts';
import type { Calls, LoadedModel } from './protocol.ts';

/** More threads than this gain little on the networks at hand, and starve the rest of the machine. */
const mostThreads = 8;

interface Chosen extends Omit<LoadedModel, 'categories' | 'defaultScore'> {
  model: Model<WebPictureSource>;
}

/**
 * Loads a model on the device that is wished for. With `auto`, WebGPU has to prove itself by a trial run; where it
 * cannot, WebAssembly takes its place and a note says why.
 * @throws what `load` throws; with `webgpu`, what the trial throws.
 */
export async function chooseDevice({ bytes, device, ortFiles }: Calls['load']['takes']): Promise<Chosen> {
  const threads = self.crossOriginIsolated ? Math.min(mostThreads, navigator.hardwareConcurrency) : 1;
  const options = { threads, runtimeFiles: ortFiles };
  let note: string | null = null;
  if (device === 'webgpu' || (device === 'auto' && (await hasGraphicsProcessor()))) {
    try {
      const model = await load(bytes, { ...options, device: 'webgpu' });
      await tryOut(model);
      return { model, device: 'webgpu', threads, note };
    } catch (error) {
      if (device === 'webgpu') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      note = `WebGPU cannot run this model here (${reason}); the processor does.`;
    }
  }
  return { model: await load(bytes, { ...options, device: 'wasm' }), device: 'wasm', threads, note };
}

interface Gpu {
  requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean } } | null>;
}

/** Whether WebGPU stands on a device of its own: one that the processor imitates is slower than WebAssembly by far. */
async function hasGraphicsProcessor(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: Gpu };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? adapter.info?.isFallbackAdapter !== true : false;
}

/** What a device cannot do shows only when it runs. Any picture goes through the backbone and the RPN at least. */
async function tryOut(model: Model<WebPictureSource>): Promise<void> {
  try {
    await model.predict(new ImageData(64, 64), { score: 0 });
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
