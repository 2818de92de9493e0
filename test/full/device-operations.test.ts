import { beforeAll, describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { openTrainingRuntime } from '../../src/runtime/open-node-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import {
  caseGraph,
  operationCases,
  operationGolden,
  readInputs,
  readTensor,
  relativeDifference,
} from '../support/operation-cases.ts';
import { testedDevice } from '../support/tested-device.ts';

const device = testedDevice('operations on a device');

describe.skipIf(device === null)('operations on a device', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openTrainingRuntime(device!);
  });

  it.each(operationCases)('$name agrees with torch', async (operation) => {
    const inputs = await readInputs(operation);
    const expected = await readTensor(operationGolden, `${operation.name}/output`);
    const session = await runtime.createSession(emitOnnx(caseGraph(operation, inputs), new Map(), runtime));
    const { output } = await session.run(inputs);
    await session.release();
    expect(output.shape).toEqual(expected.shape);
    expect(relativeDifference(output, expected)).toBeLessThan(5e-6);
  });
});
