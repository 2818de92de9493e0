import { describe, expect, it } from 'vitest';
import { focusOf, goldenPicture, maskRcnn, recordAndExplain } from '../../../test/support/tiny-explainer.ts';
import { axisBins } from '../../ops/roi-align.ts';
import { overlapOf } from './plain.ts';

const { explanation, records, explainer } = maskRcnn;
const focus = focusOf(explanation);

describe('the focus', () => {
  it('is a proposal of the model, moved by the model’s deltas to the detected box', () => {
    const { proposal } = focus;
    const row = records.boxOutput.scores.shape[1];
    expect(proposal.box).toEqual([
      ...records.proposals.boxes.subarray(4 * proposal.rank, 4 * proposal.rank + 4),
    ]);
    expect(focus.classScores).toEqual([
      ...records.boxOutput.scores.data.subarray(row * proposal.rank, row * (proposal.rank + 1)),
    ]);
    expect(focus.classScores.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const instance = explanation.detections.instances[focus.instance ?? -1];
    expect(focus.box).toEqual(instance.box);
    expect(focus.classScores[focus.label]).toBe(instance.score);
    const width = proposal.box[2] - proposal.box[0];
    const centre = (proposal.box[0] + proposal.box[2]) / 2 + (focus.deltas[0] / 10) * width;
    const half = (width * Math.exp(focus.deltas[2] / 5)) / 2;
    expect(focus.box[0]).toBeCloseTo(Math.max(centre - half, 0), 2);
  });

  it('comes from an anchor whose logit gives the objectness', () => {
    const { anchor, score } = focus.proposal;
    expect(1 / (1 + Math.exp(-anchor.logit))).toBeCloseTo(score, 6);
  });

  it('samples where RoIAlign samples', () => {
    const { onMap, pool, poolings, patch, level } = focus.boxRoi;
    const { resolution, samplingRatio } = pool;
    const { samples } = poolings.roiAlign.x;
    const extent = records.pyramid[level as 'p2'].shape[3];
    const bins = axisBins(onMap[0], onMap[2], extent, pool);
    expect(samples).toHaveLength(resolution * samplingRatio);
    bins.forEach(({ first, weights }, i) => {
      const centre = weights.reduce((sum, weight, k) => sum + weight * (first + k), 0);
      const own = samples.slice(i * samplingRatio, (i + 1) * samplingRatio);
      const clamped = own.map((x) => Math.min(Math.max(x, 0), extent - 1));
      expect(centre).toBeCloseTo(clamped.reduce((a, b) => a + b) / samplingRatio, 3);
    });
    expect(patch.origin.x).toBeLessThanOrEqual(Math.max(0, Math.floor(onMap[0])));
  });

  it('follows every detection on request, and refuses one that does not exist', async () => {
    for (const index of explanation.detections.instances.keys()) {
      const picture = await goldenPicture('enlarged');
      const { focus } = await explainer.explain(picture, { score: 0.05, instance: index });
      expect(focus?.instance).toBe(index);
    }
    const absent = explanation.detections.instances.length;
    await expect(
      explainer.explain(await goldenPicture('enlarged'), { score: 0.05, instance: absent }),
    ).rejects.toMatchObject({
      name: 'UsageError',
      message: `there is no instance ${absent}, counted from 0; ${absent} were found`,
      fromOne: `there is no instance ${absent + 1}; ${absent} were found`,
    });
  });
});

describe('a chosen proposal', async () => {
  const recorded = await explainer.record(await goldenPicture('enlarged'), { score: 0.05 });
  const { selected } = explanation.proposals;
  const { instances } = explanation.detections;
  const foci = await Promise.all(selected.map((_, rank) => recorded.follow({ proposal: rank })));
  const all = foci.map((each) => each ?? focusOf(explanation));

  it('is followed as it is, by its best object class', () => {
    const classes = records.boxOutput.scores.shape[1];
    all.forEach(({ proposal, label, classScores }, rank) => {
      expect(proposal).toMatchObject({ rank, ...selected[rank] });
      const row = [...records.boxOutput.scores.data.subarray(rank * classes, (rank + 1) * classes)];
      expect(classScores).toEqual(row);
      expect(row[label]).toBe(Math.max(...row.slice(1)));
    });
  });

  it('became an instance, gave way to one, or scored too little', () => {
    const fates = new Set(all.map(({ fate }) => fate));
    expect(fates).toContain('instance');
    expect(fates.size).toBeGreaterThan(1);
    for (const { fate, instance, suppressedBy, classScores, label, box } of all) {
      const scoredTooLittle = fate === 'background' || fate === 'belowThreshold';
      expect(classScores[label] > 0.05).toBe(!scoredTooLittle);
      if (fate === 'instance') expect(instances[instance ?? -1]).toMatchObject({ label, box });
      else expect(instance).toBeNull();
      if (fate !== 'suppressed') continue;
      const winner = instances[suppressedBy ?? -1];
      expect(winner.score).toBeGreaterThanOrEqual(classScores[label]);
      expect(overlapOf(winner.box, box)).toBeGreaterThan(0.5);
    }
  });

  it('is background only where that scored highest', async () => {
    const strict = await explainer.record(await goldenPicture('enlarged'), { score: 0.999 });
    const counts = { background: 0, belowThreshold: 0 };
    for (const rank of selected.keys()) {
      const { fate, classScores, label } = (await strict.follow({ proposal: rank })) ?? focus;
      if (classScores[label] > 0.999) continue;
      const expected = classScores[0] >= classScores[label] ? 'background' : 'belowThreshold';
      expect(fate).toBe(expected);
      counts[expected]++;
    }
    expect(counts.background).toBeGreaterThan(0);
    expect(counts.belowThreshold).toBeGreaterThan(0);
  });

  it('shows the same as its instance, where it became one', () => {
    const own = all[focus.proposal.rank];
    expect(own).toEqual(focus);
    expect(all.filter(({ mask }) => mask !== null).length).toBeGreaterThan(instances.length);
  });

  it('must exist, and be the only wish', async () => {
    await expect(recorded.follow({ proposal: selected.length })).rejects.toThrow(
      `there is no proposal ${selected.length}, counted from 0; ${selected.length} were found`,
    );
    await expect(recorded.follow({ proposal: 0, instance: 0 })).rejects.toThrow('not both');
  });
});

describe('without a mask or a detection', () => {
  it('explains a Faster R-CNN', async () => {
    const { explanation } = await recordAndExplain('faster-bottleneck', 'shrunk');
    expect(explanation.model.mask).toBeNull();
    expect(focusOf(explanation).mask).toBeNull();
    expect(explanation.detections.instances.every(({ mask }) => mask === null)).toBe(true);
  });

  it('explains the top proposal if nothing is detected', async () => {
    const { explanation } = await recordAndExplain('mask-v1', 'enlarged', { score: 1 });
    expect(explanation.detections.instances).toEqual([]);
    expect(focusOf(explanation)).toMatchObject({ instance: null, mask: null, rivals: [] });
    expect(focusOf(explanation).proposal.rank).toBe(0);
  });
});
