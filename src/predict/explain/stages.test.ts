import { describe, expect, it } from 'vitest';
import { golden, goldenPicture, maskRcnn } from '../../../test/support/tiny-explainer.ts';
import { UsageError } from '../../core/errors.ts';
import type { Picture } from '../../image/picture.ts';
import { type ScoredBoxes, selectBoxes } from '../../ops/scored-boxes.ts';
import { openWeights } from '../../weights/open-weights.ts';

const { explanation, records } = maskRcnn;

describe('the stages', () => {
  it('are torchvision’s: proposals, scores and detections as the golden file has them', async () => {
    const oracle = await openWeights(golden('mask-v1.enlarged.safetensors'));
    const compare = async (key: string, ours: readonly number[], digits: number) => {
      const { data } = await oracle.read(key);
      expect(ours).toHaveLength(data.length);
      for (const [i, value] of ours.entries()) {
        expect(value, `${key}[${i}]`).toBeCloseTo(data[i], digits);
      }
    };
    const { selected } = explanation.proposals;
    await compare(
      'proposals',
      selected.flatMap(({ box }) => box),
      2,
    );
    await compare(
      'proposals.scores',
      selected.map(({ score }) => score),
      4,
    );
    const { instances } = explanation.detections;
    await compare(
      'result.boxes',
      instances.flatMap(({ originalBox }) => originalBox),
      2,
    );
    await compare(
      'detections.labels',
      instances.map(({ label }) => label),
      9,
    );
    await oracle.close();
  });

  it('count proposals that add up', () => {
    const { proposals, rpn } = explanation;
    const total = (key: 'candidates' | 'afterNms' | 'selected') =>
      rpn.levels.reduce((sum, level) => sum + level[key], 0);
    expect(total('candidates')).toBe(proposals.beforeNms.length);
    expect(total('selected')).toBe(proposals.selected.length);
    expect(Math.min(total('afterNms'), proposals.limit)).toBe(proposals.selected.length);
    expect(proposals.beforeNms.length).toBeGreaterThan(proposals.selected.length);
    expect(proposals.pooledFrom.reduce((sum, { count }) => sum + count, 0)).toBe(proposals.selected.length);
    expect(rpn.anchors).toBe(
      rpn.levels.reduce((n, { shapes, objectness }) => n + shapes.length * objectness.values.length, 0),
    );
  });

  it('keep the candidates of NMS among the detections', () => {
    const { beforeNms, candidates, nmsThreshold, limit, instances } = explanation.detections;
    expect(beforeNms).toHaveLength(candidates);
    const groups = [...new Set(beforeNms.map(({ label }) => label))]
      .sort((a, b) => a - b)
      .map((label): ScoredBoxes => {
        const own = beforeNms.filter((candidate) => candidate.label === label);
        return {
          boxes: Float32Array.from(own.flatMap(({ box }) => box)),
          scores: Float32Array.from(own, ({ score }) => score),
          labels: Int32Array.from(own, () => label),
          origins: Uint32Array.from(own, ({ proposal }) => proposal),
        };
      });
    const kept = selectBoxes(groups, { minSize: 0, nmsThreshold, limit });
    expect([...kept.boxes]).toEqual(instances.flatMap(({ box }) => box));
    expect([...kept.origins]).toEqual([...records.detections.origins]);
  });

  it('show feature maps as the mean magnitude of their channels', () => {
    const { data, shape } = records.pyramid.p3;
    const pixel = 5;
    let sum = 0;
    for (let c = 0; c < shape[1]; c++) sum += Math.abs(data[c * shape[2] * shape[3] + pixel]);
    expect(explanation.features[1].strength.values[pixel]).toBeCloseTo(sum / shape[1], 3);
  });

  it('survive JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });
});

describe('the picture', () => {
  it('may be raw pixels', async () => {
    const picture = await goldenPicture('enlarged');
    const data = new Uint8Array((picture.data.length / 3) * 4).fill(255);
    for (let pixel = 0; pixel < data.length / 4; pixel++) {
      data.set(picture.data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    }
    const explained = await maskRcnn.explainer.explain({ ...picture, data, channels: 4 }, { score: 0.05 });
    expect(explained.detections).toEqual(explanation.detections);
  });

  it('is refused where it is not decoded', async () => {
    await expect(maskRcnn.explainer.explain('cells.png' as unknown as Picture)).rejects.toThrow(
      new UsageError('picture: expected a decoded one, as of decodePicture, or raw pixels, got String'),
    );
  });
});
