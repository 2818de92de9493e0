import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import type { WeightFile } from '../../src/weights/weight-file.ts';
import {
  caseGraph,
  type OperationCase,
  readInputs,
  readTensor,
  relativeL2,
} from '../support/operation-cases.ts';
import { operandsOf, runGraph } from '../support/run-graph.ts';
import { describeWithTorchvision, runOracle } from '../support/torchvision.ts';

// Small tensors do not show additions that several threads lose, nor sums that lose their digits.
describeWithTorchvision('gradients at real size', () => {
  const folder = mkdtempSync(join(tmpdir(), 'real-size-gradients-'));
  let file: WeightFile | undefined;
  afterAll(async () => {
    await file?.close();
    rmSync(folder, { recursive: true });
  });

  const names = [
    'conv 3x3 of P3',
    'conv 3x3 stride 2 of layer2',
    'conv 1x1 stride 2 of layer3',
    'conv 1x1 of layer4',
    'conv 7x7 stride 2 of the stem',
    'conv 3x3 in 32 groups of layer3',
    'conv 3x3 of the mask head',
    'convTranspose of the mask head',
    'linear of the box head',
    'maxPool of the stem',
    'roiAlign 7x7 of 512 RoIs on P2',
    'roiAlign 14x14 of 128 RoIs on P2 of two pictures',
    'roiAlign 7x7 of 4000 RoIs on P5',
    'roiPool 14x14 of 256 RoIs on C4',
    'gatherRows of classes, 300 times the same',
    'gatherRows of 20000 repeated rows',
  ];

  it('covers what the oracle computes', { timeout: 600_000 }, async () => {
    const path = join(folder, 'gradients.safetensors');
    runOracle('real_size_gradients.py', [path]);
    file = await openWeights(path);
    expect(casesOf(file).map(({ name }) => name)).toEqual(names);
  });

  it.each(names)('%s: two equal runs, equal to torch', { timeout: 300_000 }, async (name) => {
    if (!file) throw new Error('the oracle did not run');
    const golden = file;
    const operation = casesOf(golden).find((candidate) => candidate.name === name)!;
    const inputs = await readInputs(operation, golden);
    const wanted = Object.keys(inputs).filter((input) => golden.keys().includes(gradientKey(input)));
    const { forward, backward } = vjp(caseGraph(operation, inputs), { outputs: ['output'], wrt: wanted });
    const cotangent = { [gradientName('output')]: await golden.read(`${name}/cotangent`) };
    const made = await runGraph(forward, inputs, { threads: 2 });
    const operands = operandsOf(backward, { ...inputs, ...made, ...cotangent });

    const session = await nodeRuntime.createSession(emitOnnx(backward), { threads: 2 });
    const first = await session.run(operands);
    for (const input of wanted) {
      const expected = await readTensor(golden, gradientKey(input));
      expect(relativeL2(first[gradientName(input)], expected), input).toBeLessThan(1e-5);
    }
    for (let run = 1; run < 2; run++) {
      const again = await session.run(operands);
      for (const input of wanted) {
        const [a, b] = [first, again].map((outputs) => outputs[gradientName(input)].data as Float32Array);
        expect(Buffer.from(a.buffer).equals(Buffer.from(b.buffer)), `${input}, run ${run}`).toBe(true);
      }
    }
    await session.release();

    function gradientKey(input: string): string {
      return `${name}/${input.replace('input', 'gradient')}`;
    }
  });
});

function casesOf(file: WeightFile): OperationCase[] {
  return JSON.parse(file.metadata.cases) as OperationCase[];
}
