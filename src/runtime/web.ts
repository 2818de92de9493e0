import * as ort from 'onnxruntime-web';
import { onnxRuntime } from './onnx-runtime.ts';

/** ONNX Runtime compiled to WebAssembly; it uses threads where the page is cross-origin isolated. */
export const webRuntime = onnxRuntime('onnxruntime-web', ort, {
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
});
