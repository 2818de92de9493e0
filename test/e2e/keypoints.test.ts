import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli-process.ts';
import { writeKites } from '../support/kite-pictures.ts';

// Masks and keypoints in one model, from annotations to metrics, on pictures that a mirror turns into others.
const folder = mkdtempSync(join(tmpdir(), 'keypoints-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [training, validation] = ['training', 'validation'].map((name, seed) => {
  const path = join(folder, name);
  mkdirSync(path);
  return { images: path, data: writeKites(path, seed === 0 ? 16 : 6, seed + 1) };
});
const config = join(folder, 'run.json');
writeFileSync(
  config,
  JSON.stringify({
    train: training,
    validation,
    architecture: 'keypointrcnn_resnet18_fpn',
    model: {
      preprocess: { minSize: 96, maxSize: 96 },
      backbone: { width: 16 },
      fpn: { channels: 32 },
      rpn: {
        anchors: { sizes: [[16], [32], [48], [64], [96]] },
        training: { preNmsTopN: 200, postNmsTopN: 100 },
      },
      box: { head: { fullyConnected: [64], pool: { resolution: 7 } }, training: { batchSizePerImage: 32 } },
      keypoint: { convolutions: [32, 32] },
    },
    training: {
      steps: 70,
      batchSize: 4,
      validateEvery: 70,
      optimizer: { kind: 'adamW', learningRate: 0.002 },
      schedule: { warmUpSteps: 10 },
      augmentation: { flipHorizontal: 0.5, crop: 0.2, cropSize: 0.8 },
      workers: 0,
      threads: 1,
    },
  }),
);
const out = join(folder, 'run');
const model = join(out, 'last.safetensors');

describe('a model with keypoints', { timeout: 600_000 }, () => {
  it('learns them', async () => {
    const { status, stderr } = await runCli(['train', '--config', config, '--out', out]);
    expect(status, stderr).toBe(0);
    const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const losses = lines
      .map((line) => JSON.parse(line)['loss/keypoint'])
      .filter((loss) => loss !== undefined);
    // A guess among 56² cells has a loss of 8.
    expect(losses[0]).toBeGreaterThan(7);
    expect(losses.at(-1)).toBeLessThan(4.5);
  });

  it('is measured by OKS', async () => {
    const args = ['eval', '--model', model, '--data', validation.data, '--images', validation.images];
    const { status, stdout, stderr } = await runCli([...args, '--type', 'keypoints', '--json', '-']);
    expect(status, stderr).toBe(0);
    const { type, stats } = JSON.parse(stdout);
    expect(type).toBe('keypoints');
    expect(stats[1]).toBeGreaterThan(0.5);
    expect((await runCli([...args, '--type', 'segm'])).stderr).toContain('has no mask branch');
  });

  it('predicts keypoints in pixels of the picture, and draws them', async () => {
    const results = join(folder, 'results.json');
    const overlays = join(folder, 'overlays');
    const args = ['predict', validation.images, '--model', model, '--score', '0.3', '--json', results];
    const { status, stderr } = await runCli([...args, '--out', overlays, '--data', validation.data]);
    expect(status, stderr).toBe(0);
    const entries = JSON.parse(readFileSync(results, 'utf8'));
    expect(entries.length).toBeGreaterThan(3);
    for (const { keypoints, keypoint_scores } of entries) {
      expect(keypoints).toHaveLength(12);
      expect(keypoints.filter((_: number, i: number) => i % 3 === 2)).toEqual([1, 1, 1, 1]);
      expect(keypoint_scores).toHaveLength(4);
    }
    expect(readdirSync(overlays).length).toBe(6);
    const info = await runCli(['info', model]);
    expect(info.stdout).toContain('4 keypoints: head, tail, left_wing, right_wing');
  });
});
