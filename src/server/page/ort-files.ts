/** The folder, relative to the page, from which it loads ONNX Runtime's own files. */
export const ortFolder = 'ort';

/** Files of `onnxruntime-web/dist` that the page loads to run models in the browser. */
export const ortFiles: readonly string[] = [
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  // WebGPU
  'ort-wasm-simd-threaded.asyncify.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
];
