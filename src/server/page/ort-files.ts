/** ONNX Runtime's own files, of `onnxruntime-web/dist`, that the page fetches where it runs models itself. */
export const ortFiles: readonly string[] = [
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  // With WebGPU.
  'ort-wasm-simd-threaded.asyncify.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
];
