import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../src/config/parse.ts';
import { classCount, type ModelConfig } from '../../src/config/schema.ts';
import { float32Tensor, sizeOf, type Tensor } from '../../src/core/tensor.ts';
import { gradientGraph } from '../../src/graph/autodiff/gradient-graph.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { vjp } from '../../src/graph/autodiff/vjp.ts';
import { scaleWeightsByBatchNorm, useBatchStatistics } from '../../src/graph/batch-norm.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { currentKey } from '../../src/import/torchvision/legacy-names.ts';
import { roiLevels, rpnLevels } from '../../src/model/fpn.ts';
import { heatMapSide } from '../../src/model/keypoint-head.ts';
import { roiInputNames } from '../../src/model/roi-features.ts';
import {
  headsGraph,
  rpnTargetNames,
  trainingStepGraph,
  trunkGraph,
} from '../../src/model/training-graphs.ts';
import { renamedWeights } from '../../src/weights/weight-file.ts';
import { openGolden, relativeL2 } from '../support/operation-cases.ts';
import { readWeights } from '../support/read-weights.ts';
import { runGraph } from '../support/run-graph.ts';

// Written by test/oracle/model_gradients.py, whose picture, targets and RoIs are made again here.
const golden = await openGolden('model-gradients.safetensors');
const inference = (name: string) => fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(inference('manifest.json'), 'utf8')) as {
  models: Record<string, { weights: string; config: unknown }>;
};

const picture = [2, 3, 96, 128];
const rois: Record<(typeof roiLevels)[number], number[][]> = {
  p2: [
    [3, 5, 40, 31, 0],
    [10, 8, 44, 40, 0],
    [60, 50, 90, 88, 1],
  ],
  p3: [
    [-6, 20, 70, 80, 1],
    [30, 10, 100, 70, 0],
  ],
  p4: [],
  p5: [[0, 0, 127, 95, 1]],
};
const labels = [1, 0, 3, 2, 0, 4];
const positives = [0, 2, 3, 5];
const maskLabels = [1, 2, 4];
// RoI, keypoint, cell.
const keypointCells = [
  [0, 0, 0],
  [0, 1, 3135],
  [0, 3, 57],
  [1, 2, 1600],
  [2, 0, 55],
  [2, 1, 2000],
  [2, 2, 2001],
];

describe.each(Object.entries(models))('the whole of %s', async (name, { weights: file, config: raw }) => {
  const config = parseModelConfig(name, raw);
  const weightFile = renamedWeights(await readWeights(inference(file)), currentKey);
  const parameters = golden
    .keys()
    .filter((key) => key.startsWith(`${name}/grad(`))
    .map((key) => key.slice(`${name}/grad(`.length, -1));

  const graphs = {
    ...trainingStepGraph(config),
    trunk: trunkGraph(config),
    heads: headsGraph(config),
  };
  const lossNames = [...graphs.step.outputs.keys()].filter((key) => key.startsWith('loss_'));
  const weights: Record<string, Tensor> = {};
  for (const key of weightFile.keys()) weights[key] = await weightFile.read(key);
  const image = wave(picture, 0.29);

  it('has the losses of torch, and its gradients of every parameter, in two runs', async () => {
    const step = trainingForm(graphs.step, config);
    const halves = vjp(step, { outputs: [], losses: lossNames, late: graphs.targets, wrt: parameters });
    const forward = await runGraph(halves.forward, { ...weights, image });
    const late = { ...headInputs(config), ...rpnTargets(forward) };
    await expectTorch(await runGraph(halves.backward, { ...weights, ...forward, ...late, image }));
  });

  it('has them with the heads as a graph of their own', async () => {
    const trunk = trainingForm(graphs.trunk, config);
    const heads = trainingForm(graphs.heads, config);
    const targetNames = rpnLevels.flatMap((level) => Object.values(rpnTargetNames(level)));
    const trunkHalves = vjp(trunk, {
      outputs: roiLevels,
      losses: ['loss_objectness', 'loss_rpn_box_reg'],
      late: targetNames,
      wrt: parameters.filter((key) => trunk.weights.some((weight) => weight.name === key)),
    });
    const headGradients = gradientGraph(heads, {
      losses: [...graphs.heads.outputs.keys()],
      wrt: [...parameters.filter((key) => heads.weights.some((weight) => weight.name === key)), ...roiLevels],
    });

    const features = await runGraph(trunkHalves.forward, { ...weights, image });
    const forHeads = await runGraph(headGradients, { ...weights, ...features, ...headInputs(config) });
    const gradients = {
      ...forHeads,
      ...(await runGraph(trunkHalves.backward, {
        ...weights,
        ...features,
        ...forHeads,
        ...rpnTargets(features),
        image,
      })),
    };

    await expectTorch(gradients);
  });

  it('has heads whose losses and gradients are zero without RoIs', async () => {
    const heads = trainingForm(graphs.heads, config);
    const losses = [...graphs.heads.outputs.keys()];
    const wrt = [
      ...heads.weights.map((weight) => weight.name).filter((key) => parameters.includes(key)),
      'p2',
    ];
    const none = Object.fromEntries(
      Object.entries(headInputs(config)).map(([key, tensor]) => [key, withoutRows(tensor)]),
    );
    const features = Object.fromEntries(
      roiLevels.map((level, i) => {
        const side = 2 ** (3 - i);
        return [level, wave([2, config.fpn.channels, 3 * side, 4 * side], 0.1)];
      }),
    );
    const outputs = await runGraph(gradientGraph(heads, { losses, wrt }), {
      ...weights,
      ...features,
      ...none,
    });
    for (const key of [...losses, ...wrt.map(gradientName)]) {
      expect(
        (outputs[key].data as Float32Array).every((value) => value === 0),
        key,
      ).toBe(true);
    }
  });

  async function expectTorch(gradients: Record<string, Tensor>): Promise<void> {
    for (const loss of lossNames) {
      const [expected] = (await golden.read(`${name}/${loss}`)).data;
      expect(Math.abs((gradients[loss].data[0] as number) - expected) / expected, loss).toBeLessThan(1e-5);
    }
    for (const parameter of parameters) {
      const expected = await golden.read(`${name}/grad(${parameter})`);
      const [noise] = (await golden.read(`${name}/noise(${parameter})`)).data;
      // Twenty times what torch's own rounding moves.
      const tolerance = 20 * noise + 1e-5;
      expect(tolerance).toBeLessThan(1e-3);
      const gradient = gradients[gradientName(parameter)];
      expect(gradient.shape, parameter).toEqual(expected.shape);
      if (expected.data.every((value) => value === 0)) {
        expect(Math.hypot(...(gradient.data as Float32Array)), parameter).toBeLessThan(1e-5);
      } else {
        expect(relativeL2(gradient, expected), parameter).toBeLessThan(tolerance);
      }
    }
  }
});

/** Frozen batch norms move into the weights, the others use the batch's statistics. */
function trainingForm(graph: Graph, { backbone }: ModelConfig): Graph {
  const frozen = (runningMean: string) =>
    backbone.norm.kind === 'frozenBatchNorm' && runningMean.startsWith('backbone.body');
  return scaleWeightsByBatchNorm(useBatchStatistics(graph, (name) => !frozen(name)));
}

function rpnTargets(features: Record<string, Tensor>): Record<string, Tensor> {
  const total = rpnLevels.reduce((sum, level) => sum + features[`objectness_${level}`].data.length, 0);
  const inputs: Record<string, Tensor> = {};
  rpnLevels.forEach((level, i) => {
    const names = rpnTargetNames(level);
    const { shape } = features[`objectness_${level}`];
    const target = positive(wave(shape, 0.7 + i));
    inputs[names.objectness] = target;
    inputs[names.objectnessWeights] = float32Tensor(
      shape,
      target.data.map(() => 1 / total),
    );
    const deltas = features[`deltas_${level}`].shape;
    inputs[names.deltas] = wave(deltas, 0.3 + i);
    // Four channels for each anchor.
    const pixels = deltas[2] * deltas[3];
    const weights = Float32Array.from({ length: sizeOf(deltas) }, (_, j) => {
      const channel = Math.floor(j / pixels);
      return target.data[Math.floor(channel / 4) * pixels + (j % pixels)] / total;
    });
    inputs[names.deltasWeights] = float32Tensor(deltas, weights);
  });
  return inputs;
}

function headInputs(config: ModelConfig): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  const pool = (prefix: string, most: number) => {
    for (const level of roiLevels) {
      const names = roiInputNames(level, prefix);
      const chosen = rois[level].slice(0, most);
      inputs[names.boxes] = float32Tensor(
        [chosen.length, 4],
        Float32Array.from(chosen.flatMap((roi) => roi.slice(0, 4))),
      );
      inputs[names.batchIndex] = integers(chosen.map((roi) => roi[4]));
    }
  };
  pool('', Infinity);
  pool('mask_', 1);
  if (config.keypoint) {
    pool('keypoint_', 1);
    const side = heatMapSide(config.keypoint);
    const joints = config.keypoint.names.length;
    inputs.keypoint_cells = integers(
      keypointCells.map(([roi, joint, cell]) => (roi * joints + joint) * side ** 2 + cell),
    );
    const count = keypointCells.length;
    inputs.keypoint_weights = float32Tensor([count, 1], new Float32Array(count).fill(1 / count));
  }
  inputs.labels = integers(labels);
  inputs.box_rows = integers(positives.map((roi) => roi * classCount(config) + labels[roi]));
  inputs.box_targets = wave([positives.length, 4], 0.9);
  inputs.box_weights = float32Tensor([4, 4], new Float32Array(16).fill(1 / labels.length));
  inputs.mask_labels = integers(maskLabels);
  inputs.mask_targets = positive(wave([maskLabels.length, 28, 28], 0.21));
  const count = sizeOf(inputs.mask_targets.shape);
  inputs.mask_weights = float32Tensor([maskLabels.length, 1, 1], Float32Array.of(1, 1, 1).fill(1 / count));
  return inputs;
}

function wave(shape: readonly number[], frequency: number) {
  return float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * frequency)),
  );
}

function positive({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  return float32Tensor(
    shape,
    data.map((value) => (value > 0 ? 1 : 0)),
  );
}

function withoutRows({ dtype, shape, data }: Tensor): Tensor {
  return { dtype, shape: [0, ...shape.slice(1)], data: data.slice(0, 0) } as Tensor;
}

function integers(values: readonly number[]): Tensor {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}
