import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { load } from '../../src/predict/load/node.ts';
import { openNodeRuntime } from '../../src/runtime/open-node-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { TestFolder } from '../support/folder.ts';
import {
  caseGraph,
  operationCases,
  operationGolden,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';

/** A small trained model and its pictures. */
const golden = (name: string) => fileURLToPath(new URL(`../golden/shapes/${name}`, import.meta.url));

/** Chromium's Vulkan driver that computes on the processor: no graphics card is needed. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const hasDriver = existsSync(driver);
if (!hasDriver) console.warn(`SKIPPED: WebGPU in Node (no ${driver}; Debian's package chromium has it)`);

/** What the provider cannot compute; training, which needs them, stays on the processor. */
const missing = [
  'conv 3x3 of no RoIs',
  'gradient of maxPool 3x3 stride 2',
  'gradient of maxPool that subsamples',
  'gradient of maxPool of equal values',
  'gradient of roiAlign of no RoIs',
];

describe.skipIf(!hasDriver)('WebGPU in Node', () => {
  const folder = new TestFolder();
  let runtime: Runtime;
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES ??= driver;
    process.env.XDG_RUNTIME_DIR ??= folder.path;
    runtime = await openNodeRuntime('webgpu');
  });
  afterAll(() => folder.remove());

  it.each(operationCases.filter(({ name }) => !missing.includes(name)))(
    '$name agrees with torch',
    async (operation) => {
      const inputs = await readInputs(operation);
      const expected = await readTensor(operationGolden, `${operation.name}/output`);
      const session = await runtime.createSession(emitOnnx(caseGraph(operation, inputs)));
      const { output } = await session.run(inputs);
      await session.release();
      expect(output.shape).toEqual(expected.shape);
      expect(relativeDifference(output, expected)).toBeLessThan(5e-6);
    },
  );

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
