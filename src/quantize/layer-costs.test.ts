import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openModelFile } from '../model-file/model-file.ts';
import { nodeRuntime as runtime } from '../runtime/node.ts';
import { layerCosts } from './layer-costs.ts';
import { absorbedWeights, calibrate } from './quantize-model.ts';

/** A small model that torchvision trained, and its pictures: see test/golden/shapes/README.md. */
const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/shapes/${name}`, import.meta.url));

test('the layer whose steps are too coarse costs most, at the end of its own graph alone', async () => {
  const { config, weights: stored } = await openModelFile(golden('model.safetensors'));
  const weights = await absorbedWeights(config, stored);
  await stored.close();
  const options = { runtime, pictures: [golden('128x128.png')], runs: 4 };
  const layers = await calibrate(config, weights, options);
  const coarse = layers.findIndex(({ name }) => name === 'roi_heads.mask_head.1.0.weight');
  const { scales, ...layer } = layers[coarse];
  const wide = { ...scales.output, scale: 30 * scales.output.scale };
  const changed = layers.with(coarse, { ...layer, scales: { ...scales, output: wide } });
  const counted: number[] = [];
  const costs = await layerCosts(config, weights, changed, {
    ...options,
    onLayer: (done) => counted.push(done),
  });

  expect(costs.map(({ layer: { name } }) => name).toSorted()).toEqual(
    layers.map(({ name }) => name).toSorted(),
  );
  expect(counted).toEqual(layers.map((_, i) => i + 1));
  expect(costs[0].layer.name).toBe(layer.name);
  expect(costs[0].cost).toBeLessThan(1);
  expect(costs[1].cost).toBeLessThan(costs[0].cost / 3);
  for (const { cost } of costs) expect(cost).toBeGreaterThan(0);
});
