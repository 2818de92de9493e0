import { availableParallelism } from 'node:os';
import { checkDevice, type Device, DeviceError } from '../config/device.ts';
import { announce } from '../core/node/announce.ts';
import { hasHalf, isFaster, reasonOf, whyNot } from './device-trials.ts';
import { leavingEmptyTensorsTo } from './empty-tensors.ts';
import type { Runtime } from './runtime.ts';

const opened = new Map<Device, Promise<Runtime>>();

/**
 * The runtime of this process on a device: ONNX Runtime's native library or, where the optional package `onnxruntime-node`
 * is not installed or does not load, ONNX Runtime compiled to WebAssembly. One line on stderr announces the latter, and
 * that `auto` found no device.
 * @throws UsageError where the device cannot be used, or is unknown.
 */
export function openNodeRuntime(device: Device = 'cpu'): Promise<Runtime> {
  const runtime = opened.get(device) ?? open(device);
  opened.set(device, runtime);
  return runtime;
}

/** As `openNodeRuntime`, for training, in which a picture may have nothing to learn. @throws UsageError as that. */
export async function openTrainingRuntime(device?: Device): Promise<Runtime> {
  const runtime = await openNodeRuntime(device);
  return runtime.isDevice ? leavingEmptyTensorsTo(await openNodeRuntime(), runtime) : runtime;
}

async function open(device: Device): Promise<Runtime> {
  checkDevice(device);
  let native: typeof import('./node.ts');
  try {
    // By itself first: Node 20 ends the process if it fails within another module, even though that is caught.
    await import('onnxruntime-node');
    native = await import('./node.ts');
  } catch (error) {
    if (device !== 'cpu' && device !== 'auto')
      throw new DeviceError(`device ${device} needs onnxruntime-node, which cannot be loaded here`);
    announce(fallbackNotice(error));
    const { mostThreads, openWebRuntime } = await import('./web.ts');
    return openWebRuntime({ threads: Math.min(availableParallelism(), mostThreads) });
  }
  return device === 'cpu' ? native.nodeRuntime : openDevice(native, device);
}

/** A device other than the processor, after a trial; with `auto`, the first that passes it and is faster than the processor. */
async function openDevice(native: typeof import('./node.ts'), wanted: Device): Promise<Runtime> {
  const known = native.otherDevices();
  const candidates = known.filter((device) => wanted === 'auto' || wanted === device);
  const failures: string[] = [];
  for (const device of candidates) {
    const runtime = native.deviceRuntime(device);
    const failure = (await whyNot(runtime)) ?? (wanted === 'auto' ? await whySlow(native, runtime) : null);
    if (failure === null)
      return { ...runtime, computesHalf: device === 'webgpu' && (await hasHalf(runtime)) };
    failures.push(wanted === 'auto' ? `${device}: ${failure}` : failure);
  }
  const reasons = failures.length > 0 ? ` (${failures.join('; ')})` : '';
  if (wanted === 'auto') {
    announce(`no other device can be used${reasons}; computing on the processor`);
    return native.nodeRuntime;
  }
  const usable: Device[] = ['cpu'];
  for (const device of known) {
    if (device !== wanted && (await whyNot(native.deviceRuntime(device))) === null) usable.push(device);
  }
  throw new DeviceError(
    `device ${wanted} cannot be used here${reasons}; this machine has ${usable.join(', ')}`,
  );
}

async function whySlow({ nodeRuntime }: typeof import('./node.ts'), device: Runtime): Promise<string | null> {
  return (await isFaster(device, nodeRuntime)) ? null : 'slower than the processor';
}

/**
 * The line that announces WebAssembly, with the remedy.
 * @param error Why the native library did not load.
 */
export function fallbackNotice(error: unknown): string {
  const slower = 'running on WebAssembly, which is several times slower';
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
    return `onnxruntime-node is not installed; ${slower}. To add it: ONNXRUNTIME_NODE_INSTALL=skip npm install`;
  }
  return `onnxruntime-node cannot be loaded (${reasonOf(error)}); ${slower}`;
}
