import * as ort from 'onnxruntime-node';
import type { Device } from '../config/device.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import type { Runtime } from './runtime.ts';

// Errors reach the caller; ONNX Runtime would print them as well, in several lines.
ort.env.logLevel = 'fatal';

const settings = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  // A pattern is kept for each input size: a training step takes 4.4 GB instead of 2.6 GB, and is no faster.
  enableMemPattern: false,
  logSeverityLevel: 4,
  extra: { session: { use_device_allocator_for_initializers: '1' } },
} as const;

/** ONNX Runtime's native library, on the CPU. */
export const nodeRuntime = onnxRuntime('onnxruntime-node', ort, settings, {
  takesRoom: true,
  multipliesFast: true,
  multipliesBytes: true,
  blocksChannels: true,
});

/** The devices other than the processor that this build of the library knows, the usually fastest first. */
export function otherDevices(): Device[] {
  const known = new Set(ort.listSupportedBackends().map(({ name }) => name));
  return (['webgpu', 'cuda', 'dml', 'coreml'] as const).filter((device) => known.has(device));
}

/** ONNX Runtime's native library on another device; what the device lacks runs on the processor. */
export function deviceRuntime(device: Device): Runtime {
  const chosen = { ...settings, executionProviders: [device, 'cpu'] };
  return onnxRuntime(`onnxruntime-node on ${device}`, ort, chosen, {
    lacks: ['Conv.Multiplier', ...(device === 'webgpu' ? ['RoiAlign', 'MaxPool.Indices'] : [])],
    isDevice: true,
    alignsRois: device === 'webgpu' || device === 'cuda',
    keepsOutputs: device === 'webgpu',
  });
}
