/** Runs RoIAlign, in the form that the device has, and whole predictions in this browser; the test calls the functions. */
import { float32Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { symbol } from '../../../src/graph/dim.ts';
import { emitOnnx } from '../../../src/graph/onnx/emit.ts';
import type { RoiAlignParameters } from '../../../src/graph/operations.ts';
import { load } from '../../../src/predict/load/browser.ts';
import { openWebRuntime } from '../../../src/runtime/web.ts';

/** What the test hands over, as plain data. */
export interface Given {
  shape: number[];
  features: number[];
  boxes: number[];
  parameters: RoiAlignParameters;
}

/** @returns The pooled values, and the operators that the device is said to lack. */
async function align({ shape, features, boxes, parameters }: Given) {
  const runtime = await openWebRuntime({
    device: 'webgpu',
    runtimeFiles: new URL('ort/', document.baseURI).href,
  });
  const rois = boxes.length / 4;
  const g = new GraphBuilder('roiAlign');
  const y = g.roiAlign(
    g.input('features', shape),
    g.input('boxes', [symbol('r'), 4]),
    g.input('batchIndex', [symbol('r')], 'int64'),
    parameters,
  );
  const lacks = runtime.lacks ?? [];
  const session = await runtime.createSession(emitOnnx(g.build({ y }), new Map(), { lacks }));
  const output = await session.run({
    features: float32Tensor(shape, Float32Array.from(features)),
    boxes: float32Tensor([rois, 4], Float32Array.from(boxes)),
    batchIndex: { dtype: 'int64', shape: [rois], data: new BigInt64Array(rois) },
  });
  await session.release();
  return { values: [...(output.y.data as Float32Array)], lacks };
}

/** Scores and boxes of a small trained model on its picture, on WebAssembly or WebGPU. */
async function predict(device: 'wasm' | 'webgpu') {
  const runtimeFiles = new URL('ort/', document.baseURI).href;
  const model = await load('/model.safetensors', { device, runtimeFiles });
  const picture = await (await fetch('/131x97.png')).blob();
  const { instances } = await model.predict(picture, { score: 0.05 });
  await model.dispose();
  return instances.map(({ score, box }) => ({ score, box }));
}

/** Why there is no WebGPU here; null where there is. */
async function whyNot(): Promise<string | null> {
  return openWebRuntime({ device: 'webgpu', runtimeFiles: new URL('ort/', document.baseURI).href }).then(
    () => null,
    (error: unknown) => String(error),
  );
}

Object.assign(window, { align, predict, whyNot });
