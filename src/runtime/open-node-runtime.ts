import { availableParallelism } from 'node:os';
import { type Device, devices } from '../config/device.ts';
import { messageOf, UsageError } from '../core/errors.ts';
import { announce } from '../core/node/announce.ts';
import { float32Tensor } from '../core/tensor.ts';
import { leavingEmptyTensorsTo } from './empty-tensors.ts';
import type { Runtime } from './runtime.ts';

/** Threads that WebAssembly keeps: each takes some 10 MB and delays the start. */
const maxThreads = 8;

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
  if (!devices.includes(device)) {
    throw new UsageError(`device: expected ${devices.join(', ')}; got ${String(device)}`);
  }
  let native: typeof import('./node.ts');
  try {
    native = await import('./node.ts');
  } catch (error) {
    if (device !== 'cpu' && device !== 'auto')
      throw new UsageError(`device ${device} needs onnxruntime-node, which cannot be loaded here`);
    announce(fallbackNotice(error));
    const { openWebRuntime } = await import('./web.ts');
    return openWebRuntime({ threads: Math.min(availableParallelism(), maxThreads) });
  }
  return device === 'cpu' ? native.nodeRuntime : openDevice(native, device);
}

/** A device other than the processor, after a trial; with `auto`, the first that passes it. */
async function openDevice(native: typeof import('./node.ts'), wanted: Device): Promise<Runtime> {
  const known = native.otherDevices();
  const candidates = known.filter((device) => wanted === 'auto' || wanted === device);
  const failures: string[] = [];
  for (const device of candidates) {
    const runtime = native.deviceRuntime(device);
    const failure = await whyNot(runtime);
    if (failure === null) return runtime;
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
  throw new UsageError(
    `device ${wanted} cannot be used here${reasons}; this machine has ${usable.join(', ')}`,
  );
}

/** A model that only computes `relu` of 1×1×4×4 values, as `emitOnnx` writes it. */
const trial =
  'CAgSCW1hc2stcmNubjpSCg8KAXgSAXkaAXkiBFJlbHUSBXRyaWFsWhsKAXgSFgoUCAESEAoCCAEKAggBCgIIBAoCCARiGwoBeRIWChQIARIQCgIIAQoCCAEKAggECgIIBEICEBE=';

/** Why a runtime does not compute; null if it does. */
async function whyNot(runtime: Runtime): Promise<string | null> {
  try {
    const session = await runtime.createSession(Buffer.from(trial, 'base64'));
    const { y } = await session.run({ x: float32Tensor([1, 1, 4, 4], new Float32Array(16).fill(-1)) });
    await session.release();
    return y.data.every((value) => value === 0) ? null : 'computes wrong values';
  } catch (error) {
    return reasonOf(error);
  }
}

/** The message of an error in one line; of ONNX Runtime, without the place in its source and the condition that failed. */
function reasonOf(error: unknown): string {
  return messageOf(error)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^.* was false\. /, '')
    .trim();
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
