import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenLegacyNames, goldenModels } from '../../test/support/golden-weights.ts';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import type { Category, ModelConfig } from '../config/schema.ts';
import { type Float32Tensor, float32Tensor, sizeOf } from '../core/tensor.ts';
import { expectedWeights } from '../model/inference-graphs.ts';
import { openModelFile, writeModelFile } from '../model-file/model-file.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import { writePth } from '../weights/torch/writer.ts';
import { memoryWeights, shapesOf } from '../weights/weight-file.ts';
import { importWeights } from './import-weights.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
});
afterAll(() => rm(folder, { recursive: true }));

const categories: Category[] = [{ id: 1, name: 'class_1' }];

/** A small Mask R-CNN: a narrow ResNet-18. */
function smallConfig(): ModelConfig {
  const preset = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), categories);
  const norm = { kind: 'none', eps: 1e-5 } as const;
  return {
    ...preset,
    backbone: { ...preset.backbone, width: 8 },
    fpn: { ...preset.fpn, channels: 8, norm },
    box: { ...preset.box, head: { ...preset.box.head, fullyConnected: [16, 8] } },
    mask: { ...preset.mask!, convolutions: [8, 8], deconvolution: 8, norm },
  };
}

/** Weights for it, each filled with the position of its key. */
function smallTensors(config = smallConfig()): Map<string, Float32Tensor> {
  const shapes = [...expectedWeights(config)];
  return new Map(
    shapes.map(([key, shape], i) => [key, float32Tensor(shape, new Float32Array(sizeOf(shape)).fill(i))]),
  );
}

/** For comparing at the speed of memory. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function write(name: string, tensors: ReadonlyMap<string, Float32Tensor>): Promise<string> {
  const path = join(folder, name);
  const weights = memoryWeights('memory', tensors);
  await (name.endsWith('.pth') ? writePth(path, weights) : writeSafetensors(path, weights));
  return path;
}

describe('importWeights', () => {
  it.each(['small.pth', 'small.safetensors'])('recognises %s', async (name) => {
    const { config, weights, notes } = await importWeights({ path: await write(name, smallTensors()) });
    expect(config).toEqual(smallConfig());
    expect(notes).toEqual([
      'recognised maskrcnn_resnet18_fpn with 2 classes',
      'the categories have no names: list them under "categories" in a config file',
    ]);
    expect(shapesOf(weights)).toEqual(expectedWeights(config));
    await weights.close();
  });

  it('translates keys of 2019, wrapped for parallel training', async () => {
    const legacyNames = goldenLegacyNames();
    const tensors = [...smallTensors()].map(
      ([key, tensor]) => [`module.${legacyNames.get(key) ?? key}`, tensor] as const,
    );
    expect(tensors.map(([key]) => key)).toContain('module.rpn.head.conv.weight');
    const { config, weights } = await importWeights({ path: await write('legacy.pth', new Map(tensors)) });
    expect(config).toEqual(smallConfig());
    for (const [key, { data }] of smallTensors())
      expect(bytesOf((await weights.read(key)).data).equals(bytesOf(data)), key).toBe(true);
    await weights.close();
  });

  it('reads settings in our format or as torchvision arguments', async () => {
    const path = await write('small.pth', smallTensors());
    const configFile = join(folder, 'config.json');
    await writeFile(configFile, JSON.stringify({ min_size: 320, categories: [{ id: 9, name: 'cell' }] }));
    const theirs = await importWeights({ path, configFile });
    expect(theirs.config.preprocess.minSize).toBe(320);
    expect(theirs.config.categories).toEqual([{ id: 9, name: 'cell' }]);
    expect(theirs.notes).toHaveLength(1);
    await theirs.weights.close();
    await writeFile(configFile, JSON.stringify({ backbone: { norm: { eps: 0 } } }));
    const ours = await importWeights({ path, configFile });
    expect(ours.config.backbone.norm).toEqual({ kind: 'frozenBatchNorm', eps: 0 });
    await ours.weights.close();
  });

  it('keeps the configuration of a model file', async () => {
    const path = join(folder, 'model.safetensors');
    const config = { ...smallConfig(), categories: [{ id: 5, name: 'leaf' }] };
    await writeModelFile(path, config, memoryWeights('memory', smallTensors()));
    const again = await importWeights({ path });
    expect(again.config).toEqual(config);
    expect(again.notes).toEqual(['kept the configuration in the file']);
    await again.weights.close();
  });

  it('lists mismatches', async () => {
    const tensors = smallTensors();
    tensors.delete('backbone.body.layer2.1.bn2.running_var');
    tensors.set('extra', float32Tensor([1], new Float32Array(1)));
    const path = await write('broken.pth', tensors);
    await expect(importWeights({ path })).rejects.toThrow(
      /broken\.pth: its weights do not fit the model: 1 missing \(backbone\.body\.layer2\.1\.bn2\.running_var \[16\]\); 1 unused \(extra\)$/,
    );
    await expect(importWeights({ path, arch: 'fasterrcnn_resnet18_fpn' })).rejects.toThrow(
      /, …\); \d+ unused \(roi_heads\.mask_head/,
    );
    await expect(importWeights({ path, arch: 'nothing' })).rejects.toThrow(/unknown architecture nothing/);
  });

  it.each<[string, RegExp]>([
    ['{', /config\.json: is not JSON/],
    ['{"min_sise": 3}', /config\.json: unknown key min_sise \(did you mean min_size/],
    [
      '{"categories": [{"id":1,"name":"a"},{"id":2,"name":"b"}]}',
      /lists 2 categories; the weights score 1 and/,
    ],
    [
      '{"rpn_anchor_generator": {"sizes": [8,8,8,8,8], "aspect_ratios": [1]}}',
      /scores 3 anchors .* makes 1;/,
    ],
    ['{"backbone": {"width": 16}}', /its weights do not fit the model: \d+ wrongly shaped/],
  ])('refuses the config %s', async (json, message) => {
    const configFile = join(folder, 'config.json');
    await writeFile(configFile, json);
    const path = await write('small.pth', smallTensors());
    await expect(importWeights({ path, configFile })).rejects.toThrow(message);
    await expect(importWeights({ path, configFile: join(folder, 'none.json') })).rejects.toThrow(
      /none\.json: /,
    );
  });
});

describe('the weights that a recognised model needs', () => {
  const ours = ['maskrcnn_resnet50_fpn', 'maskrcnn_resnet50_fpn_v2', 'fasterrcnn_resnet50_fpn'];
  it.each([...ours, 'fasterrcnn_resnet50_fpn_v2'])("are those of torchvision's %s", (name) => {
    const shapes = Object.entries(goldenModels()[name]!.shapes);
    const parameters = shapes.filter(([key]) => !key.endsWith('num_batches_tracked'));
    const expected = expectedWeights(presetConfig(architectureNamed(name)));
    expect(Object.fromEntries(expected)).toEqual(Object.fromEntries(parameters));
  });
});

const models = fileURLToPath(new URL('../../../shared/models', import.meta.url));
const checkpoint = join(models, 'nuclei-r18fpn.pth');
const note = existsSync(checkpoint) ? '' : ' (SKIPPED: no ../shared/models)';
describe.skipIf(note !== '')(`a checkpoint that torch trained${note}`, () => {
  it('becomes a model file with equal weights', async () => {
    const path = join(folder, 'nuclei.safetensors');
    const configFile = join(models, 'nuclei-r18fpn.config.json');
    const imported = await importWeights({ path: checkpoint, configFile });
    expect(imported.notes).toEqual(['recognised maskrcnn_resnet18_fpn with 2 classes']);
    await writeModelFile(path, imported.config, imported.weights);
    const model = await openModelFile(path);
    expect(model.config).toEqual(imported.config);
    expect(model.config).toMatchObject({
      preprocess: { minSize: 400, maxSize: 800, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      backbone: { name: 'resnet18', norm: { kind: 'batchNorm', eps: 1e-5 } },
      fpn: { channels: 128 },
      box: { head: { fullyConnected: [512, 512] }, detectionsPerImage: 300 },
      categories: [{ id: 1, name: 'nucleus' }],
    });
    for (const key of model.weights.keys()) {
      const [ours, theirs] = [await model.weights.read(key), await imported.weights.read(key)];
      expect(bytesOf(ours.data).equals(bytesOf(theirs.data)), key).toBe(true);
    }
    await Promise.all([model.weights.close(), imported.weights.close()]);
  });
});
