import { messageOf } from '../core/errors.ts';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import type { Runtime, Session } from './runtime.ts';

/** A model that only computes `relu` of 1×1×4×4 values, as `emitOnnx` writes it. */
const relu =
  'CAgSCW1hc2stcmNubjpSCg8KAXgSAXkaAXkiBFJlbHUSBXRyaWFsWhsKAXgSFgoUCAESEAoCCAEKAggBCgIIBAoCCARiGwoBeRIWChQIARIQCgIIAQoCCAEKAggECgIIBEICEBE=';

/** The product of a 4×4 matrix with itself in half precision. */
const halfProduct =
  'CAgSCW1hc2stcmNubjqpAQomCgF4EgcvQ2FzdF8wGgcvQ2FzdF8wIgRDYXN0KgkKAnRvGAqgAQIKLAoHL0Nhc3RfMAoHL0Nhc3RfMBIHL2hhbGZfMRoHL2hhbGZfMSIGTWF0TXVsCiAKBy9oYWxmXzESAXkaAXkiBENhc3QqCQoCdG8YAaABAhIFdHJpYWxaEwoBeBIOCgwIARIICgIIBAoCCARiEwoBeRIOCgwIARIICgIIBAoCCARCAhAR';

/** A 512×512 matrix, multiplied by itself eight times. */
const manyProducts =
  'CAgSCW1hc2stcmNubjr4AgoiCgF4CgF4EghtYXRtdWxfMBoIbWF0bXVsXzAiBk1hdE11bAopCghtYXRtdWxfMAoBeBIIbWF0bXVsXzEaCG1hdG11bF8xIgZNYXRNdWwKKQoIbWF0bXVsXzEKAXgSCG1hdG11bF8yGghtYXRtdWxfMiIGTWF0TXVsCikKCG1hdG11bF8yCgF4EghtYXRtdWxfMxoIbWF0bXVsXzMiBk1hdE11bAopCghtYXRtdWxfMwoBeBIIbWF0bXVsXzQaCG1hdG11bF80IgZNYXRNdWwKKQoIbWF0bXVsXzQKAXgSCG1hdG11bF81GghtYXRtdWxfNSIGTWF0TXVsCikKCG1hdG11bF81CgF4EghtYXRtdWxfNhoIbWF0bXVsXzYiBk1hdE11bAobCghtYXRtdWxfNgoBeBIBeRoBeSIGTWF0TXVsEgV0cmlhbFoVCgF4EhAKDggBEgoKAwiABAoDCIAEYhUKAXkSEAoOCAESCgoDCIAECgMIgARCAhAR';

/** Milliseconds to compile the shaders of `manyProducts`; what takes longer is a driver that computes on the processor. */
const mostForShaders = 1000;

/** Why a runtime does not compute; null if it does. */
export async function whyNot(runtime: Runtime): Promise<string | null> {
  const x = float32Tensor([1, 1, 4, 4], new Float32Array(16).fill(-1));
  return whyFails(runtime, relu, async (session) => isFilledWith(0, await session.run({ x })));
}

/** Whether a device has half precision. */
export async function hasHalf(runtime: Runtime): Promise<boolean> {
  const x = float32Tensor([4, 4], new Float32Array(16).fill(2));
  const run = async (session: Session) => isFilledWith(16, await session.run({ x }));
  return (await whyFails(runtime, halfProduct, run)) === null;
}

/** Whether a device multiplies matrices faster than the processor, with the way there and back. */
export async function isFaster(device: Runtime, processor: Runtime): Promise<boolean> {
  const own = await timeOfProducts(processor);
  return (await timeOfProducts(device, own + mostForShaders)) < own;
}

/** Milliseconds; infinity if the first run takes longer than it may. */
async function timeOfProducts(runtime: Runtime, mostForFirst = Number.POSITIVE_INFINITY): Promise<number> {
  const session = await runtime.createSession(Buffer.from(manyProducts, 'base64'));
  const x = float32Tensor([512, 512], new Float32Array(512 ** 2).fill(1 / 512));
  const run = async () => {
    const start = performance.now();
    await session.run({ x });
    return performance.now() - start;
  };
  const first = await run();
  const time = first > mostForFirst ? Number.POSITIVE_INFINITY : await run();
  await session.release();
  return time;
}

async function whyFails(
  runtime: Runtime,
  model: string,
  succeeds: (session: Session) => Promise<boolean>,
): Promise<string | null> {
  try {
    const session = await runtime.createSession(Buffer.from(model, 'base64'));
    const isRight = await succeeds(session);
    await session.release();
    return isRight ? null : 'computes wrong values';
  } catch (error) {
    return reasonOf(error);
  }
}

function isFilledWith(expected: number, { y }: Readonly<Record<string, Tensor>>): boolean {
  return y.data.every((value) => value === expected);
}

/** The message of an error in one line; of ONNX Runtime, without the place in its source and the condition that failed. */
export function reasonOf(error: unknown): string {
  return messageOf(error)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^.* was false\. /, '')
    .trim();
}
