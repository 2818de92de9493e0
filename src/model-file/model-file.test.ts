import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { semanticPreset } from '../config/semantic.ts';
import { float32Tensor } from '../core/tensor.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { type ModelCard, storedCard } from './card.ts';
import { readDefaultScore, writeDefaultScore } from './default-score.ts';
import { openModelFile, writeModelFile } from './model-file.ts';

const config = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), [{ id: 4, name: 'Zelle – ü' }]);
const weights = memoryWeights(
  'memory',
  new Map([['a.weight', float32Tensor([2, 1], Float32Array.of(1, 2))]]),
);

const both = (text: string) => ({ en: text, zh: text });
const card: ModelCard = {
  description: both('Finds cells.'),
  trainedOn: both('12 pictures'),
  licence: 'Apache-2.0',
  metrics: [{ measure: 'mask AP', value: 0.5, on: both('4 pictures') }],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a model file', () => {
  it.each(['float32', 'float16'] as const)('gives back configuration and weights (%s)', async (dtype) => {
    const path = join(folder, `${dtype}.safetensors`);
    await writeModelFile(path, config, weights, { dtype });
    const model = await openModelFile(path);
    expect(model.config).toEqual(config);
    expect(model.weights.dtypeOf('a.weight')).toBe(dtype);
    expect([...(await model.weights.read('a.weight')).data]).toEqual([1, 2]);
    await model.weights.close();
  });

  it('keeps its card, and has none otherwise', async () => {
    const path = join(folder, 'card.safetensors');
    await writeModelFile(path, config, weights, { card });
    const model = await openModelFile(path);
    expect(storedCard(model.weights)).toEqual(card);
    await model.weights.close();
    await writeModelFile(path, config, weights);
    const plain = await openModelFile(path);
    expect(storedCard(plain.weights)).toBeNull();
    await plain.weights.close();
  });

  it('keeps its tensors bit for bit, and its card, when its default score changes', async () => {
    const path = join(folder, 'score.safetensors');
    const values = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i) / 3);
    const large = memoryWeights(
      'memory',
      new Map([
        ['b.weight', float32Tensor([20, 30], values)],
        ['b.bias', float32Tensor([2], Float32Array.of(0.1, -3))],
      ]),
    );
    await writeModelFile(path, config, large, { card, dtype: 'float16' });
    const dataOf = (file: Buffer) => file.subarray(8 + Number(file.readBigUInt64LE(0)));
    const before = await readFile(path);
    await writeDefaultScore(path, 0.3125);
    expect(await readDefaultScore(path)).toBe(0.3125);
    expect(dataOf(await readFile(path)).equals(dataOf(before))).toBe(true);
    const model = await openModelFile(path);
    expect(model.config).toEqual({ ...config, defaultScore: 0.3125 });
    expect(storedCard(model.weights)).toEqual(card);
    expect(model.weights.dtypeOf('b.weight')).toBe('float16');
    expect((await model.weights.read('b.bias')).data).toEqual(Float32Array.of(0.1, -3));
    await model.weights.close();
  });

  it('with a damaged card names the key', async () => {
    const path = join(folder, 'wrong-card.safetensors');
    const metadata = { config: JSON.stringify(config), card: JSON.stringify({ ...card, license: 'MIT' }) };
    await writeSafetensors(path, weights, { metadata });
    const model = await openModelFile(path);
    expect(() => storedCard(model.weights)).toThrow(/unknown key license \(did you mean licence/);
    await model.weights.close();
  });

  it('of an FCN is refused with the command for it', async () => {
    const path = join(folder, 'fcn.safetensors');
    await writeModelFile(path, semanticPreset('fcn_resnet50', config.categories), weights);
    await expect(openModelFile(path)).rejects.toThrow(`${path}: is an FCN model; use`);
  });

  it('of an older version gets its kind', async () => {
    const path = join(folder, 'old.safetensors');
    const { kind: _kind, ...old } = config;
    await writeSafetensors(path, weights, { metadata: { config: JSON.stringify(old) } });
    const model = await openModelFile(path);
    expect(model.config).toEqual(config);
    await model.weights.close();
  });

  it.each<[string, string | undefined, RegExp]>([
    ['without a configuration', undefined, /has no mask-rcnn config; run mask-rcnn import$/],
    ['with broken JSON', '{', /its mask-rcnn config is not JSON/],
    ['with a wrong value', JSON.stringify({ ...config, categories: [] }), /categories: /],
    [
      'of another version',
      JSON.stringify({ ...config, backbones: 2 }),
      /unknown key backbones \(did you mean backbone/,
    ],
  ])('%s is refused by one line', async (_, json, message) => {
    const path = join(folder, 'wrong.safetensors');
    await writeSafetensors(path, weights, json === undefined ? {} : { metadata: { config: json } });
    await expect(openModelFile(path)).rejects.toThrow(message);
    await expect(openModelFile(path)).rejects.toMatchObject({ name: 'InputError', source: path });
  });

  it('that is truncated, missing or unwritable is refused by one line', async () => {
    const path = join(folder, 'cut.safetensors');
    await writeModelFile(path, config, weights);
    await writeFile(path, (await readFile(path)).subarray(0, -1));
    await expect(openModelFile(path)).rejects.toThrow(/cut\.safetensors: truncated: /);
    await expect(openModelFile(join(folder, 'none.safetensors'))).rejects.toThrow(/no such file/);
    await expect(writeModelFile(join(folder, 'no', 'x.safetensors'), config, weights)).rejects.toThrow(
      /x\.safetensors: cannot be written/,
    );
  });
});
