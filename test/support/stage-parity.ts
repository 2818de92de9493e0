import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Float32Tensor } from '../../src/core/tensor.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { preparePicture } from '../../src/image/transform.ts';
import { importWeights } from '../../src/import/import-weights.ts';
import { backboneStride } from '../../src/model/backbone.ts';
import { selectDetections } from '../../src/model/detections.ts';
import { selectProposals } from '../../src/model/proposals.ts';
import { levelsOf } from '../../src/model/structure.ts';
import { pasteMask } from '../../src/ops/paste-mask.ts';
import { compileModel } from '../../src/predict/compile.ts';
import {
  classifyBoxes,
  extractFeatures,
  type Pyramid,
  predictMasks,
} from '../../src/predict/graph-stages.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { largestDifference } from './largest-difference.ts';
import { oracleRuns, softmaxRows } from './stages.ts';
import { runOracle } from './torchvision.ts';

/*
 * torchvision's full-size models with 91 classes. Every stage is given what torchvision's stage before it made,
 * so that a difference is in the stage that shows it. The weights are conditioned so that activations are of
 * order 1 (test/oracle/conditioned.py).
 *
 * Tolerances are float32 rounding. Through the sixty-odd convolutions of stage 2 and 3 it adds up to 2e-5 of the
 * largest value between two orders of summation; torchvision's float32 is 2e-4 away from its own float64. Box
 * coordinates of up to 1,333 px have steps of 1.2e-4 px.
 */
const networkTolerance = 5e-5;

/** What `test/oracle/stages.py` calls the levels, in their order. */
const oracleLevels = ['p2', 'p3', 'p4', 'p5', 'p6'];

export interface PictureEntry {
  picture: string;
  stages: string;
  scoreThreshold: number;
  /** The shorter side of the picture once resized. */
  minSize: number;
  detections: number;
}

/** What a model's oracle made of its pictures. */
export interface ParityRun {
  /** Where the oracle's files are. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, PictureEntry>>;
}

/** Lets torchvision run an architecture on pictures of `test/oracle/inference.py`, and compares every stage. */
export async function describeStages(arch: string, pictureNames: readonly string[]): Promise<ParityRun> {
  const folder = mkdtempSync(join(tmpdir(), 'mask-rcnn-oracle-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  runOracle('inference.py', ['--arch', arch, '--out', folder, '--pictures', pictureNames.join()]);
  const manifest: Record<string, PictureEntry> = JSON.parse(
    readFileSync(join(folder, 'manifest.json'), 'utf8'),
  ).pictures;
  // Weights do not tell the size of the pictures that a model is for.
  const named = arch.includes('_320_') ? { arch } : {};
  const { config, weights } = await importWeights({ path: join(folder, 'weights.pth'), ...named });
  // The other core runs another test file; two threads would wait for it.
  const sessions = await compileModel(config, weights, nodeRuntime, { threads: 1 });
  await weights.close();

  describe.each(pictureNames)('%s', async (name) => {
    const entry = manifest[name];
    const oracle = await openWeights(join(folder, entry.stages));
    afterAll(() => oracle.close());
    const read = (stage: string) => oracle.read(stage);
    const picture = await decodePicture(join(folder, entry.picture));
    const input = preparePicture(picture, { ...config.preprocess, minSize: entry.minSize }, backboneStride);
    const levels = levelsOf(config);
    const pyramid = Object.fromEntries(
      await Promise.all(levels.roi.map(async ({ name }, i) => [name, await read(oracleLevels[i])])),
    ) as Pyramid;
    const boxConfig = { ...config.box, scoreThreshold: entry.scoreThreshold };

    it('input', async () => {
      expect([input.height, input.width]).toEqual([...(await read('resizedSize')).data]);
      expect(difference(input.tensor, await read('input'))).toBeLessThan(2e-5);
    });

    it('pyramid and RPN', async () => {
      const made = await extractFeatures(sessions.proposals, await read('input'), levels);
      for (const { name } of levels.roi)
        expect(relative(made.pyramid[name], pyramid[name]), name).toBeLessThan(networkTolerance);
      for (const [i, { objectness, deltas }] of made.rpn.entries()) {
        const level = oracleLevels[i];
        expect(relative(objectness, await read(`objectness.${level}`)), level).toBeLessThan(networkTolerance);
        expect(relative(deltas, await read(`deltas.${level}`)), level).toBeLessThan(networkTolerance);
      }
    });

    it('proposals', async () => {
      const rpn = await Promise.all(
        oracleLevels.slice(0, levels.rpn.length).map(async (level) => ({
          objectness: await read(`objectness.${level}`),
          deltas: await read(`deltas.${level}`),
        })),
      );
      const [, , height, width] = input.tensor.shape;
      const made = selectProposals(rpn, config.rpn, { picture: input, padded: { height, width } });
      expect(rankedDifference(made.boxes, (await read('proposals')).data)).toBeLessThan(1e-3);
      expect(largestDifference(made.scores, (await read('proposals.scores')).data)).toBeLessThan(1e-6);
    });

    it('class scores and box deltas', async () => {
      const made = await classifyBoxes(sessions.boxes, { pyramid, levels }, (await read('proposals')).data);
      const logits = await read('box.logits');
      const scores = softmaxRows(logits.data, logits.shape[1]);
      expect(largestDifference(made.scores.data, scores)).toBeLessThan(1e-4);
      expect(relative(made.deltas, await read('box.deltas'))).toBeLessThan(networkTolerance);
    });

    it('detections', async () => {
      const logits = await read('box.logits');
      const scores = { ...logits, data: softmaxRows(logits.data, logits.shape[1]) };
      const output = { scores, deltas: await read('box.deltas') };
      const made = selectDetections(output, (await read('proposals')).data, boxConfig, input);
      expect(made.scores.length).toBe(entry.detections);
      const labels = (await read('detections.labels')).data;
      const expected = labelledBoxes((await read('detections.boxes')).data, labels);
      expect(rankedDifference(labelledBoxes(made.boxes, made.labels), expected, 5)).toBeLessThan(1e-3);
      expect(largestDifference(made.scores, (await read('detections.scores')).data)).toBeLessThan(1e-6);
    });

    it.skipIf(entry.detections === 0 || !config.mask)('28×28 masks', async () => {
      const detections = {
        boxes: (await read('detections.boxes')).data,
        scores: (await read('detections.scores')).data,
        labels: Int32Array.from((await read('detections.labels')).data),
      };
      const made = await predictMasks(sessions.masks!, { pyramid, levels }, detections);
      expect(difference(made, await read('mask.probabilities'))).toBeLessThan(1e-4);
    });

    it.skipIf(entry.detections === 0 || !config.mask)('pasted masks', async () => {
      const probabilities = await read('mask.probabilities');
      const boxes = (await read('result.boxes')).data;
      const size = probabilities.shape[1] * probabilities.shape[2];
      const runs = await oracleRuns(oracle);
      expect(runs.length).toBe(entry.detections);
      runs.forEach((expected, i) => {
        const mask = probabilities.data.subarray(i * size, (i + 1) * size);
        const made = pasteMask(mask, boxes.subarray(4 * i, 4 * i + 4), picture);
        // A run's end may move by a pixel where the probability is 0.5 but for rounding.
        expect(made.counts.length, `mask ${i}`).toBe(expected.length);
        expect(
          largestDifference(Float32Array.from(made.counts), Float32Array.from(expected)),
        ).toBeLessThanOrEqual(1);
      });
    });
  });

  return { folder, manifest };
}

function difference(actual: Float32Tensor, expected: Float32Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  return largestDifference(actual.data, expected.data);
}

/** The largest difference as a fraction of the largest value. */
function relative(actual: Float32Tensor, expected: Float32Tensor): number {
  let largest = 0;
  for (const value of expected.data) largest = Math.max(largest, Math.abs(value));
  return difference(actual, expected) / largest;
}

/** `[N, 4]` and `[N]` → `[N, 5]` */
function labelledBoxes(boxes: Float32Array, labels: ArrayLike<number>): Float32Array {
  const rows = Array.from(labels, (label, i) => [label, ...boxes.subarray(4 * i, 4 * i + 4)]);
  return Float32Array.from(rows.flat());
}

/** The largest difference of rows; two neighbours whose scores differ by rounding may have changed places. */
function rankedDifference(actual: Float32Array, expected: Float32Array, width = 4): number {
  expect(actual.length).toBe(expected.length);
  const row = (rows: Float32Array, rank: number) => rows.subarray(width * rank, width * rank + width);
  const differences = Array.from({ length: expected.length / width }, (_, rank) => {
    const neighbours = [rank - 1, rank, rank + 1]
      .map((other) => row(actual, other))
      .filter(({ length }) => length > 0);
    return Math.min(...neighbours.map((other) => largestDifference(other, row(expected, rank))));
  });
  return Math.max(...differences);
}
