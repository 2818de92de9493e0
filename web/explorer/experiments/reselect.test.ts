import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../../src/config/parse.ts';
import { currentKey } from '../../../src/import/torchvision/legacy-names.ts';
import { compileExplainer } from '../../../src/predict/explain/explainer.ts';
import { nodeRuntime } from '../../../src/runtime/node.ts';
import { openWeights } from '../../../src/weights/open-weights.ts';
import { renamedWeights } from '../../../src/weights/weight-file.ts';
import type { Candidate, ExplainedDetections, ExplainedProposals } from '../../product.ts';
import { reselectDetections, reselectProposals } from './reselect.ts';

// A prediction whose stages are torchvision's: see test/golden/inference/README.md.
const golden = (name: string) =>
  fileURLToPath(new URL(`../../../test/golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8'));

async function goldenStages() {
  const { config, weights } = models['mask-v1'];
  const file = renamedWeights(await openWeights(golden(weights)), currentKey);
  const explainer = await compileExplainer(parseModelConfig('mask-v1', config), file, nodeRuntime);
  await file.close();
  const pictures = await openWeights(golden('pictures.safetensors'));
  const { shape, data } = await pictures.read('enlarged');
  await pictures.close();
  const picture = { height: shape[0], width: shape[1], data: Uint8Array.from(data) };
  const recorded = await explainer.record(picture, { score: 0.05 });
  await explainer.dispose();
  return recorded.stages();
}

const { proposals, detections } = await goldenStages();

describe('with the settings of the prediction', () => {
  it('selects its proposals', () => {
    const { proposals: own, afterNms } = reselectProposals(proposals, proposals);
    expect(own).toEqual(proposals.selected);
    expect(afterNms).toBeGreaterThanOrEqual(own.length);
    expect(own.length).toBeGreaterThan(20);
  });

  it('selects its detections', () => {
    const own = reselectDetections(detections, {
      nmsThreshold: detections.nmsThreshold,
      proposals: proposals.selected.length,
    });
    expect(own.map(({ box, label, score }) => ({ box, label, score }))).toEqual(
      detections.instances.map(({ box, label, classScore }) => ({ box, label, score: classScore })),
    );
  });
});

describe('with other settings', () => {
  const box = (x: number): [number, number, number, number] => [x, 0, x + 10, 10];

  it('suppresses proposals within their level, and keeps the best of all', () => {
    const beforeNms: ExplainedProposals['beforeNms'] = [
      { box: box(0), score: 0.9, level: 'p2' },
      { box: box(1), score: 0.8, level: 'p3' },
      { box: box(2), score: 0.7, level: 'p2' },
      { box: box(50), score: 0.6, level: 'p2' },
    ];
    // IoU of the two on P2 that overlap: 8 / 12.
    const select = (nmsThreshold: number, limit: number) => {
      const { proposals: own, afterNms } = reselectProposals({ beforeNms }, { nmsThreshold, limit });
      return { own: own.map((one) => beforeNms.indexOf(one)), afterNms };
    };
    expect(select(0.7, 10)).toEqual({ own: [0, 1, 2, 3], afterNms: 4 });
    expect(select(0.6, 10)).toEqual({ own: [0, 1, 3], afterNms: 3 });
    expect(select(0.6, 2)).toEqual({ own: [0, 1], afterNms: 3 });
  });

  it('detects from the best proposals only, and measures overlaps as the model does', () => {
    const beforeNms: Candidate[] = [
      { box: box(0), score: 0.9, label: 1, proposal: 7 },
      { box: [2, 2, 6, 6], score: 0.8, label: 1, proposal: 1 },
      { box: box(0), score: 0.7, label: 2, proposal: 2 },
    ];
    const select = (nmsOverlap: ExplainedDetections['nmsOverlap'], count: number) =>
      reselectDetections({ beforeNms, nmsOverlap, limit: 100 }, { nmsThreshold: 0.5, proposals: count }).map(
        (one) => beforeNms.indexOf(one),
      );
    expect(select('union', 8)).toEqual([0, 1, 2]);
    expect(select('smaller', 8)).toEqual([0, 2]);
    expect(select('smaller', 7)).toEqual([1, 2]);
    expect(select('union', 2)).toEqual([1]);
  });
});
