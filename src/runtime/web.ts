import * as wasm from 'onnxruntime-web';
import { MaskRcnnError } from '../core/errors.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import type { Runtime } from './runtime.ts';

export interface WebRuntimeOptions {
  /** What computes. WebGPU leaves the operations that it lacks to WebAssembly. Default `wasm`. */
  device?: 'wasm' | 'webgpu';
  /** Of WebAssembly. Default: ONNX Runtime's choice; always 1 where the page is not cross-origin isolated. */
  threads?: number;
  /** Address of the folder with ONNX Runtime's `.wasm` and `.mjs` files. Default: beside the bundle. */
  runtimeFiles?: string;
}

const settings = { graphOptimizationLevel: 'all' } as const;

/** ONNX Runtime compiled to WebAssembly; it uses threads where the page is cross-origin isolated. */
export const webRuntime = onnxRuntime('onnxruntime-web', wasm, { ...settings, executionProviders: ['wasm'] });

/**
 * ONNX Runtime in a browser, on a device. Threads and files are those of the first call: it starts once in a page or worker.
 * @throws MaskRcnnError where WebGPU is asked for and there is none.
 */
export async function openWebRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { device = 'wasm', threads, runtimeFiles } = options;
  const ort = device === 'webgpu' ? await importWebGpu() : wasm;
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  if (runtimeFiles !== undefined) ort.env.wasm.wasmPaths = runtimeFiles;
  if (device === 'wasm') return webRuntime;
  return onnxRuntime(
    'onnxruntime-web',
    ort,
    { ...settings, executionProviders: ['webgpu'] },
    { lacks: ['RoiAlign'] },
  );
}

/** Another build of ONNX Runtime, fetched only where it is wanted. */
async function importWebGpu(): Promise<typeof wasm> {
  const gpu = (globalThis.navigator as { gpu?: { requestAdapter(): Promise<unknown> } } | undefined)?.gpu;
  if (!gpu) throw new MaskRcnnError('this browser has no WebGPU');
  if ((await gpu.requestAdapter()) === null) throw new MaskRcnnError('WebGPU has no adapter on this device');
  return await import('onnxruntime-web/webgpu');
}
