import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { maskSchema } from '../../src/config/schema.ts';
import { float32Tensor, type Tensor } from '../../src/core/tensor.ts';
import { gradientGraph } from '../../src/graph/autodiff/gradient-graph.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { maskLoss, maskProbabilities } from '../../src/model/mask-outputs.ts';
import { readTensor, relativeDifference, relativeL2 } from '../support/operation-cases.ts';
import { readWeights } from '../support/read-weights.ts';
import { runGraph } from '../support/run-graph.ts';

// Written by test/oracle/mask_outputs.py.
const golden = await readWeights(
  fileURLToPath(new URL('../golden/train/mask-outputs.safetensors', import.meta.url)),
);
const cases = (['fcn', 'mlp'] as const).flatMap((head) =>
  (['sigmoid', 'softmax', 'classAgnostic'] as const).map((output) => ({ head, output })),
);
const classes = 4;

describe.each(cases)('the mask branch with head $head, output $output', async ({ head, output }) => {
  const name = `${head} ${output}`;
  const config = maskSchema.parse({
    pool: { resolution: 3 },
    head,
    output,
    convolutions: [6],
    fullyConnected: [7, 6],
    norm: { kind: 'none' },
    deconvolution: 5,
  });
  const read = (key: string) => readTensor(golden, `${name}/${key}`);
  const prefix = `${name}/weight(`;
  const names = golden
    .keys()
    .flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length, -1)] : []));
  const inputs: Record<string, Tensor> = {};
  for (const key of ['pooled', 'labels', 'targets']) inputs[key] = await read(key);
  for (const key of names) inputs[key] = await read(`weight(${key})`);
  const pixels = inputs.targets.data.length;
  inputs.weights = float32Tensor([5, 1, 1], new Float32Array(5).fill(1 / pixels));

  const g = new GraphBuilder('masks');
  const rois = symbol('rois');
  const branch = { pooled: g.input('pooled', [rois, 4, 3, 3]), labels: g.input('labels', [rois], 'int64') };
  const truth = { targets: g.input('targets', [rois, 6, 6]), weights: g.input('weights', [rois, 1, 1]) };
  const graph = g.build({
    probabilities: maskProbabilities(g, branch, config, classes),
    loss: maskLoss(g, branch, truth, { config, classes }),
  });
  const outputs = await runGraph(
    gradientGraph(graph, { losses: ['loss'], wrt: ['pooled', ...names] }),
    inputs,
  );

  it('needs the weights that torch has', () => {
    expect(graph.weights.map((weight) => weight.name).sort()).toEqual([...names].sort());
  });

  it('gives the probabilities and the loss of torch', async () => {
    expect(relativeDifference(outputs.probabilities, await read('probabilities'))).toBeLessThan(2e-6);
    const [loss] = (await read('loss')).data;
    expect(Math.abs(Number(outputs.loss.data[0]) / Number(loss) - 1)).toBeLessThan(2e-6);
  });

  it.each(['pooled', ...names])('has the gradient of %s', async (key) => {
    expect(relativeL2(outputs[gradientName(key)], await read(`grad(${key})`))).toBeLessThan(1e-5);
  });
});
