import * as ort from 'onnxruntime-node';
import { onnxRuntime } from './onnx-runtime.ts';

const settings = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  // A pattern is kept for each input size: 4.4 GB instead of 2.6 GB over a training step, and no faster.
  enableMemPattern: false,
  // Errors reach the caller; warnings about the machine's processor would only confuse.
  logSeverityLevel: 3,
} as const;

/** ONNX Runtime's native library, on the processor. */
export const nodeRuntime = onnxRuntime('onnxruntime-node', ort, settings, {
  takesRoom: true,
  multipliesFast: true,
});
