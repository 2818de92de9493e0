import * as wasm from '#onnxruntime-wasm';
import { MaskRcnnError } from '../core/errors.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import type { Runtime } from './runtime.ts';
import { explainingMissingFiles, folderAddress } from './runtime-files.ts';
import { threadFiles } from './thread-files.ts';

export interface WebRuntimeOptions {
  /** The device to compute on. Operators that WebGPU lacks run on WebAssembly. Default `wasm`. */
  device?: 'wasm' | 'webgpu' | undefined;
  /**
   * WebAssembly threads. Default: one for each core, at most 8; always 1 unless the page is cross-origin isolated.
   */
  threads?: number | undefined;
  /**
   * Address of a folder of the page with ONNX Runtime's `.wasm` and `.mjs` files. Default: where the bundler puts them, if it
   * copies files that are named by `new URL('…', import.meta.url)`.
   */
  runtimeFiles?: string | undefined;
}

/** The most threads by default: each takes some 10 MB and delays the start; more bring little speed-up. */
export const mostThreads = 8;

const settings = { graphOptimizationLevel: 'all' } as const;

/** ONNX Runtime compiled to WebAssembly; multi-threaded if the page is cross-origin isolated. */
export const webRuntime = onnxRuntime(
  'onnxruntime-web',
  wasm,
  { ...settings, executionProviders: ['wasm'] },
  { multipliesBytes: true },
);

/**
 * ONNX Runtime in a browser, on the chosen device. Threads and files are fixed by the first call: the runtime
 * starts once per page or worker.
 * @throws MaskRcnnError if WebGPU is requested but not available, or if ONNX Runtime's files are not found (then, or when a
 * session is created).
 */
export async function openWebRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { device = 'wasm', threads = defaultThreads(), runtimeFiles } = options;
  const adapter = device === 'webgpu' ? await requestAdapter() : null;
  // Another build, fetched only when needed.
  const ort: typeof wasm = adapter ? await import('onnxruntime-web/webgpu') : wasm;
  ort.env.wasm.numThreads = threads;
  if (runtimeFiles !== undefined) ort.env.wasm.wasmPaths = folderAddress(runtimeFiles);
  else if (threads > 1 && globalThis.crossOriginIsolated) ort.env.wasm.wasmPaths = threadFiles(device);
  // Node finds them by itself.
  if (!('location' in globalThis)) return webRuntime;
  return explainingMissingFiles(adapter ? gpuRuntime(ort, adapter) : webRuntime);
}

function gpuRuntime(ort: typeof wasm, { features }: Adapter): Runtime {
  return onnxRuntime(
    'onnxruntime-web',
    ort,
    { ...settings, executionProviders: ['webgpu'] },
    {
      lacks: ['RoiAlign'],
      isDevice: true,
      alignsRois: true,
      keepsOutputs: true,
      computesHalf: features.has('shader-f16'),
    },
  );
}

/** WebAssembly threads unless they are chosen. ONNX Runtime would take half the cores, of two only one. */
export function defaultThreads(): number {
  return globalThis.crossOriginIsolated ? Math.min(mostThreads, navigator.hardwareConcurrency) : 1;
}

/** The part of a `GPUAdapter` that is used. */
interface Adapter {
  readonly features: ReadonlySet<string>;
}

/** @throws MaskRcnnError if WebGPU is not available. */
async function requestAdapter(): Promise<Adapter> {
  type Navigator = { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) throw new MaskRcnnError('this browser does not support WebGPU');
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new MaskRcnnError('no WebGPU adapter on this device');
  return adapter;
}
