import { missingFiles } from './runtime-files.ts';

/** What ONNX Runtime calls `wasmPaths`. */
export interface ThreadFiles {
  readonly mjs: string;
  readonly wasm: string;
}

/**
 * The files that the threads of a page load. By default a thread loads the script that contains ONNX Runtime, which a
 * bundler makes the whole application: it would run once more in each thread. Bundlers copy files that are named in this
 * form; without a bundler, a page names their folder (`runtimeFiles`).
 * @throws MaskRcnnError in a script that is not a module, which has no address.
 */
export function threadFiles(device: 'wasm' | 'webgpu'): ThreadFiles {
  try {
    const urls =
      device === 'wasm'
        ? {
            mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url),
            wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
          }
        : {
            mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url),
            wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url),
          };
    return { mjs: urls.mjs.href, wasm: urls.wasm.href };
  } catch (error) {
    throw missingFiles(error);
  }
}
