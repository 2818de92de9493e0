/**
 * ONNX Runtime compiled to WebAssembly, without WebGPU. package.json ("imports") maps the name to the package's build for
 * Node or for browsers.
 */
declare module '#onnxruntime-wasm' {
  export * from 'onnxruntime-web';
}
