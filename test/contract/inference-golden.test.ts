import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../src/config/parse.ts';
import { currentKey } from '../../src/import/torchvision/legacy-names.ts';
import type { Rle } from '../../src/ops/rle/rle.ts';
import { compileModel } from '../../src/predict/compile.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { renamedWeights } from '../../src/weights/weight-file.ts';
import { readWeights } from '../support/read-weights.ts';
import { oracleRuns, runStages, stageDifference } from '../support/stages.ts';

// Tiny models, stage by stage, as torchvision computes them: see test/golden/inference/README.md.
const golden = (name: string) => fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));

interface GoldenModel {
  weights: string;
  config: unknown;
  pictures: Record<string, GoldenPicture>;
}

interface GoldenPicture {
  stages: string;
  detections: number;
  margins: { maskPixels: number | null };
  /** Rounding noise of torchvision itself: float32 against float64. */
  float64Difference: Record<string, number>;
}

const models: Record<string, GoldenModel> = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')).models;
const pictures = await readWeights(golden('pictures.safetensors'));

describe.each(Object.entries(models))('%s', async (name, model) => {
  const config = parseModelConfig(name, model.config);
  const weights = renamedWeights(await readWeights(golden(model.weights)), currentKey);
  const sessions = await compileModel(config, weights, nodeRuntime);
  await weights.close();

  describe.each(Object.entries(model.pictures))('on %s', async (pictureName, picture) => {
    const pixels = await pictures.read(pictureName);
    const [height, width] = pixels.shape;
    const { stages, masks } = await runStages(
      { height, width, data: Uint8Array.from(pixels.data) },
      config,
      sessions,
    );
    const oracle = await readWeights(golden(picture.stages));
    afterAll(() => oracle.close());

    it.each([...stages.keys()])('computes %s as torchvision does', async (stage) => {
      // Ten times the rounding noise that torchvision shows against itself in float64.
      const noise = picture.float64Difference[stage === 'box.probabilities' ? 'box.logits' : stage] ?? 0;
      expect(await stageDifference(stages, oracle, stage)).toBeLessThan(10 * noise + 1e-6);
    });

    it('pastes the same masks', async () => {
      const runs = await oracleRuns(oracle);
      expect(masks.length).toBe(config.mask ? picture.detections : 0);
      const different = masks.reduce((total, mask, i) => total + differentPixels(mask, runs[i]), 0);
      // These are so close to the threshold that rounding decides.
      expect(different).toBeLessThanOrEqual(picture.margins.maskPixels ?? 0);
    });
  });
});

function differentPixels({ size: [height, width], counts }: Rle, runs: readonly number[]): number {
  const paint = (lengths: Iterable<number>) => {
    const pixels = new Uint8Array(height * width);
    let position = 0;
    let value = 0;
    for (const length of lengths) {
      pixels.fill(value, position, position + length);
      position += length;
      value = 1 - value;
    }
    return pixels;
  };
  const theirs = paint(runs);
  return paint(counts).reduce((total, value, i) => total + Math.abs(value - theirs[i]), 0);
}
