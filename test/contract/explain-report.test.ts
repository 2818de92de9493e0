import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../src/config/parse.ts';
import type { ModelConfig } from '../../src/config/schema.ts';
import type { Explanation } from '../../src/explanation/explanation.ts';
import type { Picture } from '../../src/image/picture.ts';
import { currentKey } from '../../src/import/torchvision/legacy-names.ts';
import { compileExplainer } from '../../src/predict/explain/explainer.ts';
import type { StageRecords } from '../../src/predict/pipeline.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { workedSample } from '../../src/vis/report/bilinear-step.ts';
import { renderReport } from '../../src/vis/report/report.ts';
import type { Language } from '../../src/vis/report/text.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { renamedWeights } from '../../src/weights/weight-file.ts';
import { rescoring } from '../support/rescoring.ts';

// The report is made of an explanation alone; here it is held against the tensors of the prediction itself.
const golden = (name: string) => fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')) as {
  models: Record<string, { config: { categories: { name: string }[] }; weights: string }>;
};

interface Explained {
  picture: Picture;
  explanation: Explanation;
  records: Partial<StageRecords>;
}

async function explain(
  name: string,
  pictureName: string,
  score: number,
  change = (config: ModelConfig) => config,
): Promise<Explained> {
  const pictures = await openWeights(golden('pictures.safetensors'));
  const pixels = await pictures.read(pictureName);
  await pictures.close();
  const picture = { height: pixels.shape[0], width: pixels.shape[1], data: Uint8Array.from(pixels.data) };
  const weights = renamedWeights(await openWeights(golden(models[name].weights)), currentKey);
  const config = change(parseModelConfig(name, models[name].config));
  const explainer = await compileExplainer(config, weights, nodeRuntime, { threads: 1 });
  await weights.close();
  const records: Partial<StageRecords> = {};
  const explanation = await explainer.explain(picture, {
    score,
    observe: (stage, record) => {
      records[stage] = record;
    },
  });
  await explainer.dispose();
  return { picture, explanation, records };
}

const render = ({ picture, explanation }: Explained, language: Language = 'en') =>
  renderReport(picture, explanation, {
    language,
    pictureName: 'scene.png',
    modelName: 'tiny',
    version: '1.2.3',
  });

const mask = await explain('mask-v1', 'enlarged', 0.05);
const rescored = await explain('mask-v1', 'enlarged', 0.05, rescoring);
const scores = rescored.explanation.detections.instances.map(({ score }) => score);
const lowered = await explain('mask-v1', 'enlarged', Math.max(...scores), rescoring);
const cases: [string, Explained][] = [
  ['a picture whose detections the masks lowered', lowered],
  ['a Mask R-CNN', mask],
  ['a model that rescores by its masks', rescored],
  ['a Faster R-CNN', await explain('faster-bottleneck', 'shrunk', 0.05)],
  ['a picture without detections', await explain('mask-v1', 'enlarged', 1)],
  ['a picture without proposals', withoutProposals(mask)],
  ['an annotated picture', withTruth(mask)],
];

function withoutProposals({ explanation, ...rest }: Explained): Explained {
  const proposals = { ...explanation.proposals, selected: [], beforeNms: [] };
  const detections = { ...explanation.detections, instances: [] };
  return { ...rest, explanation: { ...explanation, proposals, detections, focus: null } };
}

/** One object, which the followed proposal hits. */
function withTruth({ explanation, ...rest }: Explained): Explained {
  const { focus } = explanation;
  if (!focus?.mask) throw new Error('expected a mask');
  const object = focus.proposal.box;
  const settings = { foreground: 0.5, background: 0.5, batch: 512, fraction: 0.25 };
  const sampling = { ...settings, objects: [object], positives: [object], negatives: [focus.box] };
  const training = { ...focus.mask.training, source: 'annotation', overlap: 1 } as const;
  const annotated = { ...focus, mask: { ...focus.mask, training } };
  return { ...rest, explanation: { ...explanation, sampling, focus: annotated } };
}

describe.each(cases)('the report of %s', (_, explained) => {
  it.each(['en', 'zh'] as const)(
    'is one well-formed file in %s that needs nothing else',
    async (language) => {
      const html = await render(explained, language);
      expect(html.length).toBeLessThan(5e6);
      const references = [...html.matchAll(/(?:href|src)="([^"]*)"|url\(([^)]*)\)/g)].map(
        (m) => m[1] ?? m[2],
      );
      expect(references.length).toBeGreaterThan(5);
      for (const reference of references) expect(reference).toMatch(/^(#|data:image\/(png|jpeg);base64,)/);
      for (const [, id] of html.matchAll(/href="#([^"]*)"|url\(#([^)]*)\)/g)) {
        if (id) expect(html).toContain(`id="${id}"`);
      }
      expect(html).not.toMatch(/<script|@import|NaN|undefined|Infinity|\{\w+\}(?![^<]*<\/style>)/);
      const main = html.slice(html.indexOf('<main>'), html.indexOf('</main>') + '</main>'.length);
      expect(XMLValidator.validate(main)).toBe(true);
      for (let part = 1; part <= 8; part++) expect(main).toContain(`<section id="s${part}">`);
    },
  );
});

describe('the numbers of the report', () => {
  it('work one sampling point through', () => {
    const roi = mask.explanation.focus?.boxRoi;
    const sample = roi && workedSample(roi);
    if (!roi || !sample) throw new Error('expected a sampling point');
    const { origin, grid } = roi.patch;
    const at = (x: number, y: number) => grid.values[(y - origin.y) * grid.columns + x - origin.x];
    const value = (x: number, y: number) => {
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const across = (row: number) => at(left, row) + (x - left) * (at(left + 1, row) - at(left, row));
      return across(top) + (y - top) * (across(top + 1) - across(top));
    };
    const sum = sample.neighbours.reduce((total, { value: one, weight }) => total + one * weight, 0);
    expect(sum).toBeCloseTo(value(sample.x, sample.y), 9);
    const { x, y, values } = roi.poolings.roiAlign;
    const n = roi.pool.resolution;
    const inBin = (samples: readonly number[], bin: number) =>
      samples.slice((bin * samples.length) / n, ((bin + 1) * samples.length) / n);
    const all = inBin(y.samples, sample.row).flatMap((down) =>
      inBin(x.samples, sample.column).map((across) => value(across, down)),
    );
    expect(all).toHaveLength(sample.samples);
    const pooled = values.values[sample.row * values.columns + sample.column];
    expect(all.reduce((total, one) => total + one, 0) / all.length).toBeCloseTo(pooled, 3);
  });

  it('have all five losses, which add up', async () => {
    const { focus } = mask.explanation;
    if (!focus?.losses || !focus.mask) throw new Error('expected losses');
    const { rpn, box } = focus.losses;
    const ofRpn = (rpn.objectness ?? 0) + (rpn.box?.loss ?? 0);
    const ofBox = box.classification + (box.box?.loss ?? 0);
    const ofMask = focus.mask.training.loss;
    const [first, second, third, total] = [ofRpn, ofBox, ofMask, ofRpn + ofBox + ofMask].map((loss) =>
      loss.toFixed(4),
    );
    const html = (await render(mask)).replaceAll(/<\/?sub>/g, '');
    expect(html).toContain(`Together: Lrpn ${first} + Lfast_rcnn ${second} + Lmask ${third} = ${total}.`);
    expect(await render(cases[3][1])).toContain('Together: L<sub>rpn</sub>');
  });

  it('follow a detection that its mask lowered below the threshold', async () => {
    const html = await render(lowered);
    expect(lowered.explanation.detections.instances).toEqual([]);
    expect(html).toContain('once its mask had lowered its score');
    expect(html).toContain('so the prediction leaves this detection out');
    expect(html).not.toContain('no box reached the mask branch');
  });

  it('tell background from a class that scored below the threshold', async () => {
    const { focus, detections } = mask.explanation;
    if (!focus) throw new Error('expected a focus');
    const rejected = (fate: 'background' | 'belowThreshold', ...classScores: number[]) => {
      const changed = { ...focus, instance: null, fate, label: 1, classScores };
      const explanation = { ...mask.explanation, detections: { ...detections, scoreThreshold: 0.5 } };
      return render({ ...mask, explanation: { ...explanation, focus: changed } });
    };
    expect(await rejected('background', 0.6, 0.3, 0.1)).toMatch(
      /The prediction here is background with score 0\.600; \S+ only scores 0\.300, below the threshold of 0\.5,/,
    );
    expect(await rejected('belowThreshold', 0.278, 0.428, 0.294)).toMatch(
      /The top class is \S+ with score 0\.428, below the threshold of 0\.5, so .* \(background scored 0\.278\)/,
    );
  });

  it('include the effect of a mask on a score', async () => {
    const { focus, detections } = rescored.explanation;
    const { score, classScore } = detections.instances[focus?.instance ?? -1];
    const html = await render(rescored);
    expect(html).toContain(`multiplied by it, from ${classScore.toFixed(3)} to ${score.toFixed(3)}`);
    expect(html).toContain(`score ${score.toFixed(3)}, marked`);
    expect(html).toContain('of the smaller box covered');
    expect(await render(mask)).not.toContain('multiplied');
  });

  it('are the model’s own', async () => {
    const html = await render(mask);
    const { records, explanation } = mask;
    const { focus } = explanation;
    if (!records.detections || !records.proposals || !records.boxOutput || !focus?.mask)
      throw new Error('expected detections with masks');
    const said = (value: number, decimals: number) => value.toFixed(decimals).replace('-', '−');

    for (let i = 0; i < Math.min(records.detections.scores.length, 8); i++) {
      expect(html).toContain(`<td>${said(records.detections.scores[i], 3)}</td>`);
    }
    const { rank } = focus.proposal;
    const box = [...records.proposals.boxes.subarray(4 * rank, 4 * rank + 4)];
    expect(html).toContain(box.map((corner) => said(corner, 1)).join(', '));
    const classes = records.boxOutput.scores.shape[1];
    for (let label = 0; label < classes; label++) {
      expect(html).toContain(said(records.boxOutput.scores.data[rank * classes + label], 4));
    }
    const start = 4 * (rank * classes + focus.label);
    const [dx, dy] = records.boxOutput.deltas.data.subarray(start, start + 2);
    expect(html).toContain(`dx = ${said(dx, 3)}, dy = ${said(dy, 3)}`);
    const logits = focus.mask.logits[focus.label];
    expect(html).toContain(`${said(Math.min(...logits), 2)} … ${said(Math.max(...logits), 2)}`);
    const above = focus.mask.probabilities.filter((value) => value > 0.5).length;
    expect(html).toContain(`${above} of 784 pixels`);
    expect(html).toContain('665 / 32 = 20.78 → 20');
  });

  it('are in the Chinese report too', async () => {
    const html = await render(mask, 'zh');
    expect(html).toContain('<html lang="zh-CN">');
    for (const word of ['候选框', '特征图', '解耦', '量化', '转置卷积', '特征金字塔网络']) {
      expect(html).toContain(word);
    }
    expect(html).toContain(mask.explanation.detections.instances[0].score.toFixed(3));
  });

  it('cover a model that chooses the number of samples itself', async () => {
    const { explanation } = mask;
    const { focus } = explanation;
    if (!focus) throw new Error('expected a focus');
    const { poolings, pool } = focus.boxRoi;
    const x = { ...poolings.roiAlign.x, samples: poolings.roiAlign.x.samples.slice(0, 7) };
    const boxRoi = {
      ...focus.boxRoi,
      pool: { ...pool, samplingRatio: 0 },
      poolings: { ...poolings, roiAlign: { ...poolings.roiAlign, x } },
    };
    const html = await render({ ...mask, explanation: { ...explanation, focus: { ...focus, boxRoi } } });
    expect(html).toContain('In each bin, 1 × 2 points are sampled');
    expect(html).not.toMatch(/Infinity|NaN/);
  });

  it('come with names that cannot break the page', async () => {
    const { explanation } = mask;
    const classes = explanation.model.classes.map((name) => `<b>${name}&"`);
    const html = await render({
      ...mask,
      explanation: { ...explanation, model: { ...explanation.model, classes } },
    });
    expect(html).not.toMatch(/<b>(ant|bee|cat|dog|background)&"/);
    expect(html).toContain('&lt;b&gt;');
  });
});
