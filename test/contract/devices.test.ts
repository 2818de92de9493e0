import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { load } from '../../src/predict/load/node.ts';
import { openNodeRuntime } from '../../src/runtime/open-node-runtime.ts';
import {
  caseGraph,
  operationCases,
  operationGolden,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';
import { hasSoftwareVulkan } from '../support/software-vulkan.ts';

/** A small trained model and its pictures. */
const golden = (name: string) => fileURLToPath(new URL(`../golden/shapes/${name}`, import.meta.url));

// `npm run test:full` compares every operation.
describe.skipIf(!hasSoftwareVulkan('a prediction on WebGPU in Node'))('WebGPU in Node', () => {
  it('predicts what the processor predicts', { timeout: 300_000 }, async () => {
    const [expected, found] = await Promise.all(
      (['cpu', 'webgpu'] as const).map(async (device) => {
        await using model = await load(golden('model.safetensors'), { device });
        return (await model.predict(golden('131x97.png'), { score: 0.05 })).instances;
      }),
    );
    expect(expected.length).toBeGreaterThan(3);
    expect(found.length).toBe(expected.length);
    found.forEach(({ category, score, box, mask }, i) => {
      const other = expected[i];
      expect(category.name).toBe(other.category.name);
      expect(Math.abs(score - other.score)).toBeLessThan(1e-4);
      box.forEach((side, k) => {
        expect(Math.abs(side - other.box[k])).toBeLessThan(0.01);
      });
      expect(rleIou([mask!.rle], [other.mask!.rle], [false])[0]).toBeGreaterThanOrEqual(0.99);
    });
  });
});

describe('a device', () => {
  it('that is unknown or missing is refused in one line', async () => {
    await expect(load('nuclei', { device: 'tpu' as never })).rejects.toThrow(
      'device: expected auto, cpu, webgpu, cuda, dml, coreml; got tpu',
    );
    const path = join('no', 'such.safetensors');
    await expect(load(path, { device: 'dml' })).rejects.toThrow(path);
    if (process.platform !== 'win32')
      await expect(openNodeRuntime('dml')).rejects.toThrow(
        /^device dml cannot be used here; this machine has cpu/,
      );
  });

  it('that auto finds computes', async () => {
    const runtime = await openNodeRuntime('auto');
    const relu = operationCases.find(({ op }) => op === 'relu')!;
    const inputs = await readInputs(relu);
    const session = await runtime.createSession(emitOnnx(caseGraph(relu, inputs)));
    const { output } = await session.run(inputs);
    await session.release();
    expect(relativeDifference(output, await readTensor(operationGolden, `${relu.name}/output`))).toBe(0);
  });
});
