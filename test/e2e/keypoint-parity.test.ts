import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Float32Tensor } from '../../src/core/tensor.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { importWeights } from '../../src/import/import-weights.ts';
import { levelsOf } from '../../src/model/structure.ts';
import { decodeKeypoints } from '../../src/ops/keypoint-decoding.ts';
import { compileModel } from '../../src/predict/compile.ts';
import { predictHeatMaps } from '../../src/predict/graph-stages.ts';
import { runPipeline } from '../../src/predict/pipeline.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { largestDifference } from '../support/largest-difference.ts';
import { describeWithTorchvision, runOracle } from '../support/torchvision.ts';

/*
 * torchvision's keypointrcnn_resnet50_fpn at full size, its weights conditioned (test/oracle/conditioned.py), in a file
 * of the form and the key names of the published one.
 */
describeWithTorchvision('keypointrcnn_resnet50_fpn', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keypoint-oracle-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const arch = 'keypointrcnn_resnet50_fpn';
  const options = ['--eps', '0', '--published', '--pictures', 'small', '--detections', '30'];
  runOracle('inference.py', ['--arch', arch, '--out', folder, ...options]);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).pictures.small;
  const { config, weights, notes } = await importWeights({ path: join(folder, 'weights-2019.pth') });
  const sessions = await compileModel(config, weights, nodeRuntime, { threads: 1 });
  await weights.close();
  const oracle = await openWeights(join(folder, manifest.stages));
  afterAll(() => oracle.close());
  const read = (stage: string) => oracle.read(stage) as Promise<Float32Tensor>;
  const boxes = (await read('detections.boxes')).data;
  const levels = levelsOf(config);
  const pyramid = Object.fromEntries(
    await Promise.all(levels.roi.map(async ({ name }) => [name, await read(name)] as const)),
  );

  it('is recognised by its keys, with persons and eps 0', () => {
    expect(notes[0]).toBe('recognised keypointrcnn_resnet50_fpn with 2 classes');
    expect(config.backbone.norm).toEqual({ kind: 'frozenBatchNorm', eps: 0 });
    expect(config.categories).toEqual([{ id: 1, name: 'person' }]);
    expect(boxes.length / 4).toBeGreaterThan(10);
  });

  const heatMaps = await predictHeatMaps(sessions.keypoints!, { pyramid, levels }, boxes);

  it('has the heat maps of torchvision', async () => {
    const theirs = (await read('keypoint.heatMaps.first20')).data;
    const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const ours = heatMaps.data.subarray(0, theirs.length);
    expect(largestDifference(ours, theirs) / largest).toBeLessThan(5e-5);
  });

  it('finds the keypoints of torchvision', async () => {
    const keypoints = decodeKeypoints(heatMaps, boxes);
    const [points, scores] = [(await read('keypoints.points')).data, (await read('keypoints.scores')).data];
    expect(largestDifference(keypoints.scores, scores)).toBeLessThan(2e-3);
    const moved = Array.from(scores, (_, i) =>
      Math.hypot(keypoints.points[2 * i] - points[2 * i], keypoints.points[2 * i + 1] - points[2 * i + 1]),
    ).filter((distance) => distance > 1e-3);
    // Two pixels of a map may be as high but for rounding.
    expect(moved.length / scores.length).toBeLessThan(0.01);
  });

  it('finds as many persons from pixels on, with all their keypoints', async () => {
    const picture = await decodePicture(join(folder, manifest.picture));
    const preprocess = { ...config.preprocess, minSize: manifest.minSize };
    const result = await runPipeline(picture, { ...config, preprocess }, sessions);
    expect(Math.abs(result.instances.scores.length - boxes.length / 4)).toBeLessThanOrEqual(2);
    expect(result.keypoints!.points).toHaveLength(result.instances.scores.length * 17 * 2);
  });
});
