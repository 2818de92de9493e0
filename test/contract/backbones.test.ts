import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BackboneConfig, backboneSchema } from '../../src/config/schema.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { gradientGraph } from '../../src/graph/autodiff/gradient-graph.ts';
import { gradientName } from '../../src/graph/autodiff/names.ts';
import { scaleWeightsByBatchNorm } from '../../src/graph/batch-norm.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { type Dim, symbol } from '../../src/graph/dim.ts';
import { foldBatchNorm } from '../../src/graph/fold-batch-norm.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { backbone } from '../../src/model/backbone.ts';
import { openGoldenBackbone, wave, waveWeights } from '../support/golden-backbones.ts';
import { relativeL2 } from '../support/operation-cases.ts';
import { runGraph } from '../support/run-graph.ts';

// Written by test/oracle/backbones.py, whose weights, picture and cotangents are made again here.
const names = readdirSync(new URL('../golden/backbones/', import.meta.url))
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => file.replace('.safetensors', ''));

const picture = [2, 3, 64, 96];

describe.each(names)('%s', async (name) => {
  const golden = await openGoldenBackbone(name);
  const config = backboneSchema.parse(JSON.parse(golden.metadata.config));
  const keys = golden.keys().filter((key) => !key.startsWith('noise('));
  const maps = keys.filter((key) => !key.startsWith('grad('));
  const graded = keys.filter((key) => key.startsWith('grad(')).map((key) => `${scope}${key.slice(5, -1)}`);
  const image = wave(picture, 0.29);

  it('has the maps of torch, with batch norms folded into the convolutions', async () => {
    const graph = mapsGraph(config, symbol('n'));
    const weights = waveWeights(graph, scope);
    const folded = foldBatchNorm(graph, weights);
    expect(folded.graph.nodes.filter(({ op }) => op === 'batchNorm')).toEqual([]);
    const made = await runGraph(folded.graph, { image, ...Object.fromEntries(folded.weights) });
    for (const map of maps) await expectTorch(map, made[map]);
  });

  it.each([
    ['two', 2],
    ['any number of', symbol('n')],
  ] as const)('has the gradients of torch for %s pictures', async (_, pictures) => {
    const graph = lossGraph(config, pictures);
    const weights = Object.fromEntries(waveWeights(graph, scope));
    const trained = scaleWeightsByBatchNorm(graph);
    const made = await runGraph(gradientGraph(trained, { losses: ['loss'], wrt: graded }), {
      ...weights,
      image,
      ...(await cotangents()),
    });
    for (const weight of graded) {
      await expectTorch(`grad(${weight.slice(scope.length)})`, made[gradientName(weight)]);
    }
  });

  async function expectTorch(key: string, actual: Tensor): Promise<void> {
    const expected = await golden.read(key);
    const [noise] = (await golden.read(`noise(${key})`)).data;
    expect(actual.shape, key).toEqual(expected.shape);
    // Twenty times what torch's own rounding moves.
    const tolerance = 20 * noise + 1e-6;
    expect(tolerance).toBeLessThan(1e-3);
    expect(relativeL2(actual, expected), key).toBeLessThan(tolerance);
  }

  async function cotangents(): Promise<Record<string, Tensor>> {
    const waves = maps.map(
      async (map, i): Promise<[string, Tensor]> => [
        `cotangent_${map}`,
        wave((await golden.read(map)).shape, 0.17 + 0.1 * i),
      ],
    );
    return Object.fromEntries(await Promise.all(waves));
  }
});

const scope = 'backbone.body.';

function mapsGraph(config: BackboneConfig, pictures: Dim): Graph {
  const g = new GraphBuilder('maps');
  return g.build({ ...backbone(g, imageInput(g, pictures), config) });
}

/** The sum over maps of map · cotangent. */
function lossGraph(config: BackboneConfig, pictures: Dim): Graph {
  const g = new GraphBuilder('loss');
  const maps = Object.entries(backbone(g, imageInput(g, pictures), config));
  const terms = maps.map(([name, map]) =>
    g.reshape(g.reduceSum(g.mul(map, g.input(`cotangent_${name}`, map.shape)), [0, 1, 2, 3]), []),
  );
  return g.build({ loss: terms.reduce((a, b) => g.add(a, b)) });
}

function imageInput(g: GraphBuilder, pictures: Dim) {
  return g.input('image', [pictures, 3, symbol('h', 32), symbol('w', 32)]);
}
