import { describe, expect, it } from 'vitest';
import { explainerOf, focusOf, goldenPicture, maskRcnn } from '../../../test/support/tiny-explainer.ts';
import type { PoolerName } from '../../explanation/model.ts';

const { explanation, explainer } = maskRcnn;
const focus = focusOf(explanation);

describe('another pooler with the same weights', async () => {
  const pooled = await explainerOf('mask-v1', undefined, 'roiPool');
  const recorded = await pooled.record(await goldenPicture('enlarged'), { score: 0.05 });
  const stages = recorded.stages();

  it('pools for every branch, and leaves the proposals as they are', () => {
    expect(stages.model.boxPool).toEqual({ ...explanation.model.boxPool, kind: 'roiPool' });
    expect(stages.model.mask?.pool.kind).toBe('roiPool');
    expect(stages.proposals).toEqual(explanation.proposals);
    expect(explainer.config.box.head.pool.kind).toBe('roiAlign');
  });

  it('gives the same proposal another box and another mask, those of a model configured so', async () => {
    const wish = { proposal: focus.proposal.rank };
    const own = await recorded.follow(wish);
    const configured = await explainerOf('mask-v1', ({ box, mask, ...config }) => ({
      ...config,
      box: { ...box, head: { ...box.head, pool: { ...box.head.pool, kind: 'roiPool' } } },
      mask: mask && { ...mask, pool: { ...mask.pool, kind: 'roiPool' } },
    }));
    expect(await configured.explain(await goldenPicture('enlarged'), { score: 0.05, ...wish })).toEqual({
      ...stages,
      focus: own,
    });
    expect(own?.proposal).toEqual(focus.proposal);
    expect(own?.deltas).not.toEqual(focus.deltas);
    expect(own?.mask?.logits).not.toEqual(focus.mask?.logits);
  });

  it('must exist', async () => {
    await expect(explainerOf('mask-v1', undefined, 'roiCrop' as PoolerName)).rejects.toThrow(
      'pooler: expected one of roiAlign, roiWarp, roiPool, roiPoolFloor, got roiCrop',
    );
  });
});
