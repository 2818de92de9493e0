import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { symbol } from './dim.ts';
import type { Value } from './graph.ts';
import { channelsLastOutputs, hoistRoiAlign } from './hoist-roi-align.ts';
import { verifyGraph } from './verify.ts';

const parameters = { resolution: 7, spatialScale: 0.25, samplingRatio: 2, aligned: false };

function pooled(g: GraphBuilder, level: string, channels = 8): Value {
  const features = g.input(level, [1, channels, symbol('h'), symbol('w')]);
  const boxes = g.input(`boxes_${level}`, [symbol(`rois_${level}`), 4]);
  const index = g.input(`index_${level}`, [symbol(`rois_${level}`)], 'int64');
  return g.roiAlign(features, boxes, index, parameters);
}

describe('hoistRoiAlign', () => {
  it('puts one input in the place of levels that are concatenated', () => {
    const g = new GraphBuilder('heads');
    const all = g.concat([pooled(g, 'p2'), pooled(g, 'p3')], 0);
    const { graph, pools } = hoistRoiAlign(g.build({ features: g.relu(all) }), 4);
    verifyGraph(graph);
    expect(graph.inputs.map(({ name }) => name)).toEqual([pools[0].input]);
    expect(graph.inputs[0].shape).toEqual(all.shape);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['relu']);
    expect(pools).toHaveLength(1);
    expect(pools[0].rois.map(({ features, boxes }) => [features, boxes])).toEqual([
      ['p2', 'boxes_p2'],
      ['p3', 'boxes_p3'],
    ]);
    expect(pools[0].rois[1].parameters).toEqual(parameters);
  });

  it('takes each of several that are not concatenated', () => {
    const g = new GraphBuilder('heads');
    const [a, b] = [pooled(g, 'c4'), pooled(g, 'c5')];
    const { graph, pools } = hoistRoiAlign(g.build({ a: g.relu(a), b }), 4);
    expect(pools.map(({ rois }) => rois[0].features)).toEqual(['c4', 'c5']);
    expect(graph.inputs.map(({ name }) => name)).toEqual(pools.map(({ input }) => input));
  });

  it('leaves operations on computed values, or on maps with another number of channels', () => {
    const g = new GraphBuilder('trunk');
    const features = g.relu(g.input('image', [1, 8, 32, 32]));
    const boxes = g.input('boxes', [symbol('rois'), 4]);
    const index = g.input('index', [symbol('rois')], 'int64');
    const inside = g.roiAlign(features, boxes, index, parameters);
    const graph = g.build({ inside, odd: pooled(g, 'p2', 6) });
    const hoisted = hoistRoiAlign(graph, 4);
    expect(hoisted.pools).toEqual([]);
    expect(hoisted.graph.nodes.map(({ op }) => op)).toEqual(['relu', 'roiAlign', 'roiAlign']);
  });
});

it('channelsLastOutputs transposes only the named outputs', () => {
  const g = new GraphBuilder('trunk');
  const map = g.relu(g.input('image', [1, 8, 16, 32]));
  const graph = channelsLastOutputs(g.build({ p2: map, other: map }), new Set(['p2']));
  verifyGraph(graph);
  expect(graph.outputs.get('p2')?.shape).toEqual([1, 16, 32, 8]);
  expect(graph.outputs.get('other')?.shape).toEqual([1, 8, 16, 32]);
});
