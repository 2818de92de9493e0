import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rescoring } from '../../../test/support/rescoring.ts';
import { parseModelConfig } from '../../config/parse.ts';
import type { ModelConfig } from '../../config/schema.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import type { PoolerName } from '../../explanation/model.ts';
import type { Picture } from '../../image/picture.ts';
import { currentKey } from '../../import/torchvision/legacy-names.ts';
import { maskTargets } from '../../ops/mask-targets.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import { axisBins } from '../../ops/roi-align.ts';
import { type ScoredBoxes, selectBoxes } from '../../ops/scored-boxes.ts';
import { nodeRuntime } from '../../runtime/node.ts';
import { openWeights } from '../../weights/open-weights.ts';
import { renamedWeights } from '../../weights/weight-file.ts';
import type { StageRecords } from '../pipeline.ts';
import { compileExplainer, type ExplainOptions } from './explainer.ts';
import { overlapOf } from './plain.ts';

// Tiny models with torchvision's numbers for every stage: see test/golden/inference/README.md.
const golden = (name: string) =>
  fileURLToPath(new URL(`../../../test/golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')) as {
  models: Record<string, { config: unknown; weights: string }>;
};

type Change = (config: ModelConfig) => ModelConfig;

async function explainerOf(name: string, change: Change = (config) => config, pooler?: PoolerName) {
  const weights = renamedWeights(await openWeights(golden(models[name].weights)), currentKey);
  try {
    const config = change(parseModelConfig(name, models[name].config));
    return await compileExplainer(config, weights, nodeRuntime, { threads: 1, pooler });
  } finally {
    await weights.close();
  }
}

async function goldenPicture(name: string): Promise<Picture> {
  const pictures = await openWeights(golden('pictures.safetensors'));
  const pixels = await pictures.read(name);
  await pictures.close();
  return { height: pixels.shape[0], width: pixels.shape[1], data: Uint8Array.from(pixels.data) };
}

async function recordAndExplain(
  model: string,
  picture: string,
  options: ExplainOptions = {},
  change?: Change,
) {
  const explainer = await explainerOf(model, change);
  const records: Partial<StageRecords> = {};
  const explanation = await explainer.explain(await goldenPicture(picture), {
    score: 0.05,
    ...options,
    observe: (stage, record) => {
      records[stage] = record;
    },
  });
  return { explanation, records: records as StageRecords, explainer };
}

const { explanation, records, explainer } = await recordAndExplain('mask-v1', 'enlarged');
const focus = focusOf(explanation);

function focusOf({ focus }: Explanation) {
  if (!focus) throw new Error('expected a focus');
  return focus;
}

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
    ).rejects.toThrow(`there is no instance ${absent + 1}; ${absent} were found`);
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
      expect(classScores[label] > 0.05).toBe(fate !== 'background');
      if (fate === 'instance') expect(instances[instance ?? -1]).toMatchObject({ label, box });
      else expect(instance).toBeNull();
      if (fate !== 'suppressed') continue;
      const winner = instances[suppressedBy ?? -1];
      expect(winner.score).toBeGreaterThanOrEqual(classScores[label]);
      expect(overlapOf(winner.box, box)).toBeGreaterThan(0.5);
    }
  });

  it('shows the same as its instance, where it became one', () => {
    const own = all[focus.proposal.rank];
    expect(own).toEqual(focus);
    expect(all.filter(({ mask }) => mask !== null).length).toBeGreaterThan(instances.length);
  });

  it('must exist, and be the only wish', async () => {
    await expect(recorded.follow({ proposal: selected.length })).rejects.toThrow(
      `there is no proposal ${selected.length + 1}; ${selected.length} were found`,
    );
    await expect(recorded.follow({ proposal: 0, instance: 0 })).rejects.toThrow('not both');
  });
});

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

describe('the losses of the RoI', () => {
  /** Deltas that lead from a box to another (Girshick et al. 2014, appendix C), written out. */
  const deltasTo = (to: readonly number[], from: readonly number[], weights: readonly number[]) => {
    const [w, h] = [from[2] - from[0], from[3] - from[1]];
    return [
      (weights[0] * (to[0] + to[2] - from[0] - from[2])) / 2 / w,
      (weights[1] * (to[1] + to[3] - from[1] - from[3])) / 2 / h,
      weights[2] * Math.log((to[2] - to[0]) / w),
      weights[3] * Math.log((to[3] - to[1]) / h),
    ];
  };
  const smoothL1 = (predicted: readonly number[], target: readonly number[]) =>
    predicted
      .map((value, i) => Math.abs(value - target[i]))
      .reduce((sum, d) => sum + (d < 1 / 9 ? (9 * d * d) / 2 : d - 1 / 18), 0);

  it('take the final box as the truth without annotations', () => {
    const { losses, proposal, box, label, classScores, codingWeights } = focus;
    if (!losses) throw new Error('expected losses');
    const { anchor } = proposal;
    expect(losses.source).toBe('prediction');
    expect(losses.rpn.overlap).toBeCloseTo(overlapOf(anchor.box, box), 6);
    expect(losses.box).toMatchObject({ label, overlap: focus.iou });
    expect(losses.box.classification).toBeCloseTo(-Math.log(classScores[label]), 6);
    // The prediction stands in for the truth: its own offsets lead there, unless the box was clipped.
    expect(losses.box.box?.predicted).toEqual(focus.deltas);
    const target = deltasTo(box, proposal.box, codingWeights);
    losses.box.box?.target.forEach((value, i) => {
      expect(value).toBeCloseTo(target[i], 3);
    });
    expect(losses.box.box?.loss).toBeCloseTo(smoothL1(focus.deltas, target), 2);
  });

  it('label anchors and proposals of an annotated picture as training does', async () => {
    const { instances } = explanation.detections;
    const { width, height } = explanation.picture;
    const emptyMask = rleFromCounts([width * height], [height, width]);
    const boxes = Float32Array.from(instances.flatMap(({ originalBox }) => originalBox));
    const labels = Int32Array.from(instances, ({ label }) => label);
    const recorded = await explainer.record(await goldenPicture('enlarged'), {
      score: 0.05,
      truth: { boxes, labels, masks: instances.map(() => emptyMask) },
    });
    const { foreground, background } = recorded.stages().rpn.training;
    const truth = recorded.stages().sampling?.objects ?? [];
    const roles = new Set<string>();
    for (const rank of explanation.proposals.selected.keys()) {
      const followed = await recorded.follow({ proposal: rank });
      if (!followed?.losses) throw new Error('expected losses');
      const { losses, proposal, classScores } = followed;
      const { anchor } = proposal;
      const { rpn, box } = losses;
      roles.add(rpn.role);
      const best = Math.max(...truth.map((object) => overlapOf(anchor.box, object)));
      expect(rpn.overlap).toBe(best);
      if (best >= foreground) expect(rpn.role).toBe('positive');
      if (rpn.role === 'ignored') expect(best).toBeGreaterThanOrEqual(background);
      const probability = 1 / (1 + Math.exp(-anchor.logit));
      const entropy = -Math.log(rpn.role === 'positive' ? probability : 1 - probability);
      if (rpn.role === 'ignored') expect(rpn).toMatchObject({ objectness: null, box: null });
      else expect(rpn.objectness).toBeCloseTo(entropy, 5);
      if (rpn.box) {
        const object = truth.find((one) => overlapOf(anchor.box, one) === best) ?? [];
        expect(rpn.box.loss).toBeCloseTo(
          smoothL1(anchor.deltas, deltasTo(object, anchor.box, [1, 1, 1, 1])),
          3,
        );
      }
      const matched = Math.max(...truth.map((object) => overlapOf(proposal.box, object))) >= 0.5;
      expect(box.label > 0).toBe(matched);
      expect(box.box !== null).toBe(matched);
      expect(box.classification).toBeCloseTo(-Math.log(classScores[box.label]), 5);
    }
    expect(roles.size).toBeGreaterThan(1);
  });
});

describe('the mask', () => {
  const { mask } = focus;
  if (!mask) throw new Error('expected a mask');

  it('has the prediction’s probabilities in the channel of the class', () => {
    const pixels = mask.side ** 2;
    const start = (focus.instance ?? -1) * pixels;
    const own = records.masks.data.subarray(start, start + pixels);
    expect(mask.logits).toHaveLength(explanation.model.classes.length);
    mask.logits[focus.label].forEach((logit, i) => {
      expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(own[i], 5);
    });
  });

  it('would have been shared among the classes by a softmax', () => {
    const pixel = 100;
    const shares = mask.logits.slice(1).map((channel) => Math.exp(channel[pixel]));
    expect(mask.otherwise?.[pixel]).toBeCloseTo(shares[focus.label - 1] / shares.reduce((a, b) => a + b), 6);
  });

  it('resized and thresholded, is the pasted mask to the pixel', () => {
    const { resized, area } = mask;
    expect(resized.step).toBe(1);
    const [height] = explanation.detections.instances[focus.instance ?? -1].mask?.size ?? [0];
    const pasted = explanation.detections.instances[focus.instance ?? -1].mask;
    const inside = new Set<number>();
    let position = 0;
    pasted?.counts.forEach((count, run) => {
      for (let i = 0; i < count; i++) if (run % 2 === 1) inside.add(position + i);
      position += count;
    });
    expect(inside.size).toBe(area);
    const { columns, values } = resized.grid;
    let above = 0;
    values.forEach((value, i) => {
      const x = resized.x + (i % columns);
      const y = resized.y + Math.floor(i / columns);
      expect(value > 0.5, `${x},${y}`).toBe(inside.has(x * height + y));
      if (value > 0.5) above++;
    });
    expect(above).toBe(area);
  });

  it('would be a target between 0 and 1 in training, with the loss of its logits', () => {
    const { target, logits, loss } = mask.training;
    expect(Math.min(...target)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...target)).toBeLessThanOrEqual(1);
    const p = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    const entropy = p.reduce((s, q, i) => s - target[i] * Math.log(q) - (1 - target[i]) * Math.log(1 - q), 0);
    expect(loss).toBeCloseTo(entropy / p.length, 4);
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

describe('with annotations', () => {
  const instance = explanation.detections.instances[focus.instance ?? -1];
  const pixels = instance.mask;
  if (!pixels) throw new Error('expected a mask');
  const truth = {
    boxes: Float32Array.from(focus.proposal.box, (corner, i) => corner / explanation.input.scale[i % 2]),
    labels: Int32Array.of(focus.label),
    masks: [rleFromCounts(pixels.counts, pixels.size)],
  };
  const annotate = async (given: typeof truth) =>
    explainer.explain(await goldenPicture('enlarged'), {
      score: 0.05,
      instance: focus.instance ?? 0,
      truth: given,
    });

  it('samples the true box with the proposals that overlap it, and shows the others as background', async () => {
    const { sampling } = await annotate(truth);
    if (!sampling) throw new Error('expected a sample');
    const [object] = sampling.objects;
    expect(sampling.positives).toContainEqual(object);
    expect(sampling.positives.length + sampling.negatives.length).toBeLessThanOrEqual(sampling.batch);
    for (const box of sampling.positives) expect(overlapOf(box, object)).toBeGreaterThanOrEqual(0.5);
    for (const box of sampling.negatives) expect(overlapOf(box, object)).toBeLessThan(0.5);
  });

  it('crops the annotated mask by the proposal and reads the true class’ channel', async () => {
    const other = (focus.label % 4) + 1;
    const explained = await annotate({ ...truth, labels: Int32Array.of(other) });
    const training = focusOf(explained).mask?.training;
    expect(training).toMatchObject({ source: 'annotation', label: other });
    expect(training?.overlap).toBeCloseTo(1, 4);
    expect(training?.target).toEqual([...maskTargets(truth.masks, truth.boxes, [0], 28)]);
    expect(training?.logits).not.toEqual(focus.mask?.training.logits);
  });

  it('says when the proposal would be background', async () => {
    const corner = { ...truth, boxes: Float32Array.of(0, 0, 3, 3) };
    const explained = await annotate(corner);
    expect(focusOf(explained).mask?.training).toMatchObject({ source: 'prediction', label: focus.label });
    expect(focusOf(explained).mask?.training.overlap).toBeLessThan(0.5);
  });

  it('accepts a picture without objects', async () => {
    const none = { boxes: new Float32Array(0), labels: new Int32Array(0), masks: [] };
    const { sampling, ...rest } = await annotate(none);
    expect(sampling).toMatchObject({ objects: [], positives: [] });
    expect(focusOf({ ...rest, sampling }).mask?.training.overlap).toBeNull();
  });
});
