import { beforeAll, describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { openNodeRuntime } from '../../src/runtime/open-node-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import {
  caseGraph,
  operationCases,
  operationGolden,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';
import { hasSoftwareVulkan } from '../support/software-vulkan.ts';

/** What the provider cannot compute; training, which needs them, stays on the processor. */
const missing = [
  'conv 3x3 of no RoIs',
  'gradient of maxPool 3x3 stride 2',
  'gradient of maxPool that subsamples',
  'gradient of maxPool of equal values',
  'gradient of roiAlign of no RoIs',
];

describe.skipIf(!hasSoftwareVulkan('operations on WebGPU in Node'))('operations on WebGPU in Node', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openNodeRuntime('webgpu');
  });

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
});
