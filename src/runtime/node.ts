import * as ort from 'onnxruntime-node';
import { onnxRuntime } from './onnx-runtime.ts';

const settings = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  // A pattern is kept for each input size: a training step takes 4.4 GB instead of 2.6 GB, and is no faster.
  enableMemPattern: false,
  // Errors reach the caller; warnings about the CPU would only confuse users.
  logSeverityLevel: 3,
} as const;

/** ONNX Runtime's native library, on the CPU. */
export const nodeRuntime = onnxRuntime('onnxruntime-node', ort, settings, {
  takesRoom: true,
  multipliesFast: true,
});
