import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { float32Tensor } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { type RoiAlignOptions, roiAlign } from '../../src/ops/roi-align.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';

// The host's RoIAlign (mask targets, the reference) and the graph's must be the same function.
const random = seededRandom(7);
const features = float32Tensor([2, 3, 19, 27], Float32Array.from({ length: 2 * 3 * 19 * 27 }, random.normal));
const rois = 40;
const boxes = new Float32Array(rois * 4);
const batchIndex = new BigInt64Array(rois);
for (let i = 0; i < rois; i++) {
  const [x, y] = [random.uniform() * 100 - 5, random.uniform() * 70 - 5];
  boxes.set([x, y, x + random.uniform() * 60, y + random.uniform() * 40], 4 * i);
  batchIndex[i] = BigInt(random.integer(2));
}
boxes.set([3, 3, 3.1, 3.2], 0);

describe.each([
  { samplingRatio: 2, aligned: false },
  { samplingRatio: 2, aligned: true },
  { samplingRatio: 0, aligned: false },
])('RoIAlign with $samplingRatio samples, aligned $aligned', (variant) => {
  const options: RoiAlignOptions = { resolution: 7, spatialScale: 0.25, ...variant };

  it('is the same on the host and in the graph', async () => {
    const g = new GraphBuilder('roiAlign');
    const y = g.roiAlign(
      g.input('features', features.shape),
      g.input('boxes', [symbol('r'), 4]),
      g.input('batchIndex', [symbol('r')], 'int64'),
      options,
    );
    const session = await nodeRuntime.createSession(emitOnnx(g.build({ y })));
    const output = await session.run({
      features,
      boxes: float32Tensor([rois, 4], boxes),
      batchIndex: { dtype: 'int64', shape: [rois], data: batchIndex },
    });
    await session.release();
    const ours = roiAlign(features, boxes, Array.from(batchIndex, Number), options);
    const theirs = output.y.data as Float32Array;
    expect(ours.length).toBe(theirs.length);
    const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
    expect(worst).toBeLessThan(5e-6);
  });
});
