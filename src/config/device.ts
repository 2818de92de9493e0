import { UsageError } from '../core/errors.ts';

/**
 * Where Node computes. `cpu` is the reference; `webgpu` is a graphics processor through Vulkan, Metal or Direct3D, `cuda`
 * NVIDIA's, `dml` DirectML, `coreml` Apple's. `auto` takes the first of them that works, else the processor.
 */
export const devices = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

export type Device = (typeof devices)[number];

/** A device that cannot be used here. Its message begins with `device NAME`, the option in code and on the command line. */
export class DeviceError extends UsageError {}

/** @throws UsageError where a device is unknown. */
export function checkDevice(device: Device): void {
  if (devices.includes(device)) return;
  throw new UsageError(`device: expected ${devices.join(', ')}; got ${String(device)}`);
}

/** How a model is computed. */
export interface ComputeOptions {
  /** Threads that one prediction uses on the processor. Default: one for each core. */
  threads?: number | undefined;
  /** Default `cpu`. The others differ from it in the last bits. */
  device?: Device | undefined;
}
