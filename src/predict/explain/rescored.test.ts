import { describe, expect, it } from 'vitest';
import { rescoring } from '../../../test/support/rescoring.ts';
import { goldenPicture, recordAndExplain } from '../../../test/support/tiny-explainer.ts';
import { overlapOf } from './plain.ts';

describe('a model that rescores by its masks and measures overlaps by the smaller box', async () => {
  const own = await recordAndExplain('mask-v1', 'enlarged', {}, rescoring);
  const { instances, selected, rescored } = own.explanation.detections;
  const inside = (i: number) => {
    const { shape, data } = own.records.masks;
    const pixels = shape[1] * shape[2];
    return data.subarray(i * pixels, (i + 1) * pixels).filter((probability) => probability > 0.5);
  };

  it('gives each instance its class score times the mean of its own mask, best first', () => {
    expect(rescored).toBe(true);
    expect(instances.length).toBeGreaterThan(3);
    expect(instances.length).toBeLessThanOrEqual(selected);
    instances.forEach(({ score, classScore }, i) => {
      const certainty = inside(i).reduce((a, b) => a + b) / inside(i).length;
      expect(score).toBeCloseTo(classScore * certainty, 5);
      expect(score).toBeLessThanOrEqual(instances[Math.max(i - 1, 0)].score);
      expect(score).toBeGreaterThan(0.05);
    });
    const byClass = instances.map(({ classScore }) => classScore);
    expect(byClass).not.toEqual(byClass.toSorted((a, b) => b - a));
  });

  it('lets every instance and every proposal be followed', async () => {
    const recorded = await own.explainer.record(await goldenPicture('enlarged'), { score: 0.05 });
    for (const [index, { classScore, box }] of instances.entries()) {
      const followed = await recorded.follow({ instance: index });
      expect(followed).toMatchObject({ instance: index, fate: 'instance', box });
      expect(followed?.classScores[followed.label]).toBe(classScore);
    }
    for (const rank of own.explanation.proposals.selected.keys()) {
      const followed = await recorded.follow({ proposal: rank });
      if (followed?.fate !== 'suppressed') continue;
      const winner = instances[followed.suppressedBy ?? -1];
      expect(winner.classScore).toBeGreaterThanOrEqual(followed.classScores[followed.label]);
      expect(overlapOf(winner.box, followed.box, 'smaller')).toBeGreaterThan(0.5);
    }
  });
});

it('follows the best detection where masks lowered the scores of all', async () => {
  const { instances } = (await recordAndExplain('mask-v1', 'enlarged', {}, rescoring)).explanation.detections;
  const highest = Math.max(...instances.map(({ score }) => score));
  const own = await recordAndExplain('mask-v1', 'enlarged', { score: highest }, rescoring);
  const { detections, focus: followed } = own.explanation;
  expect(detections.instances).toEqual([]);
  expect(detections.selected).toBeGreaterThan(0);
  expect(followed).toMatchObject({
    instance: null,
    fate: 'rescored',
    label: own.records.detections.labels[0],
  });
  expect(followed?.proposal.rank).toBe(own.records.detections.origins[0]);
  expect(followed?.classScores[followed.label]).toBe(own.records.detections.scores[0]);
  const inside = (followed?.mask?.probabilities ?? []).filter((probability) => probability > 0.5);
  const certainty = inside.reduce((sum, probability) => sum + probability, 0) / inside.length;
  expect(own.records.detections.scores[0] * certainty).toBeLessThanOrEqual(highest);
});
