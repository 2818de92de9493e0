/**
 * Our side of the training-graph benchmark, with the same JSON lines as
 * `test/oracle/bench_training_graph.py`: `training-graph-child.ts ROIS.json THREADS` answers each line
 * `{"part": NAME}` with one line `{"seconds"}`.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { presetConfig } from '../src/config/presets.ts';
import { seededRandom } from '../src/core/random.ts';
import { float32Tensor, sizeOf, type Tensor } from '../src/core/tensor.ts';
import { gradientGraph } from '../src/graph/autodiff/gradient-graph.ts';
import { gradientName } from '../src/graph/autodiff/names.ts';
import { scaleWeightsByBatchNorm } from '../src/graph/batch-norm.ts';
import type { Graph } from '../src/graph/graph.ts';
import { emitOnnx } from '../src/graph/onnx/emit.ts';
import { pruneGraph } from '../src/graph/prune.ts';
import { fpnStrides, roiLevels, rpnLevels } from '../src/model/fpn.ts';
import { roiInputNames } from '../src/model/roi-features.ts';
import { rpnOutputNames } from '../src/model/rpn-head.ts';
import { headsGraph, trunkGraph } from '../src/model/training-graphs.ts';
import { assignLevels } from '../src/ops/level-assignment.ts';
import { nodeRuntime } from '../src/runtime/node.ts';

const [roiFile, threads] = process.argv.slice(2);
const rois: Record<'box' | 'mask', number[][]> = JSON.parse(readFileSync(roiFile, 'utf8'));
const random = seededRandom(1);
const picture = { height: 800, width: 1088 };
const config = presetConfig({ backbone: 'resnet50', recipe: 'v1', structure: 'fpn', mask: true });
const graphs = { trunk: trunkGraph(config, 1), heads: headsGraph(config, 1) };

const builders = { trunk, box: () => head('box'), mask: () => head('mask') };
const prepared = new Map<string, () => Promise<number>>();

for await (const line of createInterface({ input: process.stdin })) {
  const { part }: { part?: keyof typeof builders } = JSON.parse(line);
  if (part === undefined) break;
  const measure = prepared.get(part) ?? (await builders[part]());
  prepared.set(part, measure);
  reply({ seconds: await measure() });
}
reply({ peakRssBytes: process.resourceUsage().maxRSS * 1024 });

/** Backbone, pyramid and RPN head, with gradients arriving at all maps. */
async function trunk() {
  const outputs = [...graphs.trunk.outputs].filter(([name]) => !name.startsWith('loss'));
  const graph = scaleWeightsByBatchNorm({ ...graphs.trunk, outputs: new Map(outputs) });
  const wrt = graph.weights.map(({ name }) => name).filter((name) => !isFrozen(name));
  const inputs: Record<string, Tensor> = { image: normal([1, 3, picture.height, picture.width], 1) };
  for (const level of rpnLevels) {
    const map = mapSize(fpnStrides[level]);
    const names = rpnOutputNames(level);
    inputs[gradientName(names.objectness)] = normal([1, 3, ...map], 1e-3);
    inputs[gradientName(names.deltas)] = normal([1, 12, ...map], 1e-3);
  }
  for (const level of roiLevels)
    inputs[gradientName(level)] = normal([1, 256, ...mapSize(fpnStrides[level])], 1e-3);
  return prepare(gradientGraph(graph, { losses: [], outputs: outputs.map(([name]) => name), wrt }), inputs);
}

/** One of the heads with its losses: gradients of its weights and of P2…P5. */
async function head(part: 'box' | 'mask') {
  const losses = part === 'mask' ? ['loss_mask'] : ['loss_classifier', 'loss_box_reg'];
  const outputs = [...graphs.heads.outputs].filter(([name]) => losses.includes(name));
  const graph = pruneGraph({ ...graphs.heads, outputs: new Map(outputs) });
  const wrt = [...graph.weights.map(({ name }) => name), ...roiLevels];
  return prepare(gradientGraph(graph, { losses, wrt }), headInputs(part));
}

function headInputs(part: 'box' | 'mask'): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const level of roiLevels) inputs[level] = normal([1, 256, ...mapSize(fpnStrides[level])], 1);
  const boxes = rois[part];
  const levels = assignLevels(Float32Array.from(boxes.flat()), { first: 2, last: 5, canonicalSize: 224 });
  levels.forEach((indices, i) => {
    const names = roiInputNames(roiLevels[i], part === 'mask' ? 'mask_' : '');
    const chosen = indices.flatMap((index) => boxes[index]);
    inputs[names.boxes] = float32Tensor([indices.length, 4], Float32Array.from(chosen));
    inputs[names.batchIndex] = integers(indices.map(() => 0));
  });
  const labels = boxes.map(() => random.integer(91));
  if (part === 'mask') {
    inputs.mask_labels = integers(labels);
    inputs.mask_targets = float32Tensor(
      [labels.length, 28, 28],
      new Float32Array(labels.length * 784).fill(1),
    );
    inputs.mask_weights = float32Tensor([labels.length, 1, 1], new Float32Array(labels.length).fill(1e-5));
    return inputs;
  }
  const positives = labels.slice(0, 128);
  inputs.labels = integers(labels);
  inputs.box_rows = integers(positives.map((label, i) => i * 91 + label));
  inputs.box_targets = normal([positives.length, 4], 1);
  inputs.box_weights = normal([positives.length, 4], 1 / labels.length);
  return inputs;
}

/**
 * Compiles a graph; returns a function that runs it once and returns the seconds. Frozen weights are
 * constants.
 */
async function prepare(graph: Graph, inputs: Record<string, Tensor>) {
  const frozen = new Map<string, Tensor>();
  const feeds: Record<string, Tensor> = { ...inputs };
  for (const { name, shape } of graph.weights) {
    const weight = initial(name, shape as number[]);
    if (isFrozen(name)) frozen.set(name, weight);
    else feeds[name] = weight;
  }
  const session = await nodeRuntime.createSession(emitOnnx(graph, frozen), { threads: Number(threads) });
  return async () => {
    const start = performance.now();
    await session.run(feeds);
    return (performance.now() - start) / 1000;
  };
}

/** Stem, layer1 and all batch norms, frozen as by default in torchvision. */
function isFrozen(name: string): boolean {
  return /backbone\.body\.(conv1|layer1)\.|\.bn\d\.|downsample\.1\./.test(name);
}

/** Keeps activations near 1: He's initialisation, and small residual branches. */
function initial(name: string, shape: readonly number[]): Tensor {
  if (shape.length > 1) return normal(shape, Math.sqrt(2 / sizeOf(shape.slice(1))));
  const value = /bn3\.weight/.test(name)
    ? 0.2
    : /(bn\d|downsample\.1)\.weight|running_var/.test(name)
      ? 1
      : 0;
  return float32Tensor(shape, new Float32Array(sizeOf(shape)).fill(value));
}

function mapSize(stride: number): number[] {
  return [Math.ceil(picture.height / stride), Math.ceil(picture.width / stride)];
}

function normal(shape: readonly number[], deviation: number): Tensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal());
  return float32Tensor(shape, data);
}

function integers(values: readonly number[]): Tensor {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function reply(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
