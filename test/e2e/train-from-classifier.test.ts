import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backboneSchema } from '../../src/config/schema.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { symbol } from '../../src/graph/dim.ts';
import { backbone } from '../../src/model/backbone.ts';
import { writePth } from '../../src/weights/torch/writer.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';
import { runCli } from '../support/cli-process.ts';
import { openGoldenBackbone, wave, waveWeights } from '../support/golden-backbones.ts';
import { readWeights } from '../support/read-weights.ts';
import { writeSquares } from '../support/square-pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-from-classifier-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A checkpoint of a narrow EfficientNet-Lite0 with a classifier, as others save it. */
async function writeClassifier(): Promise<string> {
  const golden = await openGoldenBackbone('efficientnet_lite0');
  const g = new GraphBuilder('net');
  const image = g.input('image', [1, 3, symbol('h', 32), symbol('w', 32)]);
  const graph = g.build({ ...backbone(g, image, backboneSchema.parse(JSON.parse(golden.metadata.config))) });
  const prefix = 'backbone.body.';
  const body = [...waveWeights(graph, prefix)].map(
    ([name, tensor]) => [name.slice(prefix.length), tensor] as const,
  );
  const weights = new Map([...body, ['_fc.weight', wave([10, 1280], 0.1)], ['_fc.bias', wave([10], 0.1)]]);
  const path = join(folder, 'classifier.pth');
  await writePth(path, memoryWeights(path, weights));
  return path;
}

describe('training from the weights of a classifier', { timeout: 300_000 }, async () => {
  const classifier = await writeClassifier();
  const config = join(folder, 'run.json');
  writeFileSync(
    config,
    JSON.stringify({
      train: { data: writeSquares(folder, 4, 1), images: folder },
      architecture: 'maskrcnn_efficientnet_lite0_fpn',
      backboneWeights: classifier,
      model: {
        preprocess: { minSize: 96, maxSize: 128 },
        backbone: { width: 8 },
        fpn: { channels: 16 },
        box: { head: { fullyConnected: [32] } },
        mask: { convolutions: [16], deconvolution: 16 },
      },
      training: { steps: 4, batchSize: 2, accumulate: 1, threads: 1 },
    }),
  );
  const train = (out: string) => runCli(['train', '--config', config, '--out', join(folder, out)]);

  it('learns with its last three stages, at the same bits every time', async () => {
    const { status, stderr } = await train('run');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(
      'classifier.pth: the backbone starts from it, without its classifier (_fc); all other layers are initialised randomly',
    );

    const before = await readWeights(classifier);
    const after = await readWeights(join(folder, 'run', 'last.safetensors'));
    const isKept = async (name: string) => {
      const [a, b] = await Promise.all([before.read(name), after.read(`backbone.body.${name}`)]);
      return a.data.every((value, i) => value === b.data[i]);
    };
    expect(await isKept('_blocks.2._depthwise_conv.weight')).toBe(true);
    expect(await isKept('_blocks.3._depthwise_conv.weight')).toBe(false);
    expect(await isKept('_blocks.15._bn2.running_var')).toBe(true);
    expect(after.keys().some((name) => name.includes('._fc.'))).toBe(false);
    await Promise.all([before.close(), after.close()]);

    expect((await train('again')).status).toBe(0);
    const [first, second] = ['run', 'again'].map((out) =>
      readFileSync(join(folder, out, 'last.safetensors')),
    );
    expect(first.equals(second)).toBe(true);
  });

  it('refuses another network, and --from in addition', async () => {
    const options = ['--config', config, '--out', join(folder, 'wrong')];
    const other = await runCli(['train', ...options, '--arch', 'maskrcnn_resnet18_fpn']);
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(
      /classifier\.pth: is not a resnet18: it has _conv_stem\.weight and \d+ other/,
    );
    const both = await runCli(['train', ...options, '--from', 'nuclei']);
    expect(both.status).toBe(2);
    expect(both.stderr).toContain('"from" and "backboneWeights" are mutually exclusive');
  });
});
