import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/support/run-command.ts';
import type { AnyModelConfig } from '../../config/any-config.ts';
import { architectureNamed } from '../../config/architectures.ts';
import { applyOverrides } from '../../config/overrides.ts';
import { presetConfig } from '../../config/presets.ts';
import { semanticPreset } from '../../config/semantic.ts';
import { float32Tensor, sizeOf } from '../../core/tensor.ts';
import { semanticWeights } from '../../model/fcn.ts';
import { expectedWeights } from '../../model/inference-graphs.ts';
import { writeModelFile } from '../../model-file/model-file.ts';
import { nodeRuntime } from '../../runtime/node.ts';
import { memoryWeights } from '../../weights/weight-file.ts';
import { exportCommand } from './export.ts';
import { exportOnnx, type OnnxOptions } from './export-onnx.ts';

const categories = [{ id: 4, name: 'Zelle – ü' }];
const narrow = { backbone: { width: 4 }, fpn: { channels: 8 }, box: { head: { fullyConnected: [8] } } };
const detector = (name: string) =>
  applyOverrides('test', presetConfig(architectureNamed(name), categories), narrow);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-onnx-'));
  const faster = detector('fasterrcnn_resnet18_fpn');
  await write('faster', faster, expectedWeights(faster));
  const keypoints = detector('keypointrcnn_resnet18_fpn');
  await write('keypoints', keypoints, expectedWeights(keypoints));
  const fcn = semanticPreset('fcn_resnet50', categories);
  fcn.backbone.width = 4;
  await write('fcn', fcn, semanticWeights(fcn));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a model whose weights are zeros. */
async function write(
  name: string,
  config: AnyModelConfig,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<void> {
  const zeros = [...shapes].map(
    ([key, shape]) => [key, float32Tensor(shape, new Float32Array(sizeOf(shape)))] as const,
  );
  await writeModelFile(modelAt(name), config, memoryWeights(name, new Map(zeros)));
}

const modelAt = (name: string) => join(folder, `${name}.safetensors`);

function exported(name: string, options: Partial<OnnxOptions> = {}): Promise<string[]> {
  return exportOnnx(modelAt(name), { model: name, out: join(folder, `${name}.onnx`), ...options });
}

describe('an exported model', () => {
  it('has names, threshold and version in its metadata', async () => {
    const [path] = await exported('faster', { score: 0.25 });
    const text = (await readFile(path)).toString();
    for (const entry of [
      'categories',
      JSON.stringify(categories),
      'score_threshold',
      '0.25',
      'mask_rcnn_version',
    ]) {
      expect(text).toContain(entry);
    }
  });

  it('is half as large with float16', async () => {
    const [path] = await exported('keypoints');
    const whole = (await readFile(path)).length;
    await exported('keypoints', { fp16: true });
    expect((await readFile(path)).length / whole).toBeLessThan(0.6);
  });

  it('is written in parts that ONNX Runtime loads', async () => {
    const paths = await exported('keypoints', { parts: true });
    const names = ['proposals', 'boxes', 'keypoints'].map((part) => `keypoints-${part}.onnx`);
    expect(paths).toEqual(names.map((name) => join(folder, name)));
    expect(await readdir(folder)).toEqual(expect.arrayContaining(names));
    for (const path of paths) {
      const session = await nodeRuntime.createSession(await readFile(path));
      await session.release();
    }
  });

  it('of FCN takes the size of pictures', async () => {
    const [path] = await exported('fcn', { minSize: 64, maxSize: 96, opset: '18' });
    const session = await nodeRuntime.createSession(await readFile(path));
    const image = { dtype: 'uint8', shape: [5, 7, 3], data: new Uint8Array(105) } as const;
    expect((await session.run({ image })).classes).toMatchObject({ dtype: 'uint8', shape: [5, 7] });
    await session.release();
  });
});

describe('the command', () => {
  const run = (...args: string[]) =>
    runCommand(exportCommand(), ['--model', modelAt('faster'), '--out', join(folder, 'out.onnx'), ...args]);

  it('refuses an opset that it cannot write', async () => {
    const { error } = await run('--to', 'onnx', '--opset', '16');
    expect((error as Error).message).toContain("'16' is invalid. Allowed choices are 17, 18, 19, 20, 21.");
  });

  it('refuses options for ONNX without --to onnx', async () => {
    const { error } = await run('--max-det', '5');
    expect(error).toMatchObject({ message: '--max-det needs --to onnx: add it, or leave it out' });
  });

  it('refuses a name of another kind of file, before it writes', async () => {
    expect((await run()).error).toMatchObject({
      message: expect.stringMatching(/out\.onnx needs --to onnx/),
    });
    const { error } = await run('--to', 'onnx', '--out', join(folder, 'out.pth'));
    expect(error).toMatchObject({ message: expect.stringMatching(/ends in \.onnx, got .*out\.pth$/) });
    expect((await readdir(folder)).filter((name) => name.startsWith('out'))).toEqual([]);
  });

  it('writes all parts or none, and not over the model', async () => {
    const out = join(folder, 'set.onnx');
    await mkdir(join(folder, 'set-boxes.onnx'));
    const { error } = await run('--to', 'onnx', '--parts', '--out', out);
    expect(error).toMatchObject({ message: expect.stringMatching(/set-boxes\.onnx: is a folder/) });
    expect(await readdir(folder)).not.toContain('set-proposals.onnx');
    await copyFile(modelAt('faster'), join(folder, 'own-proposals.onnx'));
    const own = ['--model', join(folder, 'own-proposals.onnx'), '--out', join(folder, 'own.onnx')];
    const { error: second } = await run('--to', 'onnx', '--parts', ...own);
    expect(second).toMatchObject({
      message: expect.stringMatching(/--out would replace .*own-proposals\.onnx/),
    });
  });

  it('prints what it has written', async () => {
    const { stdout } = await run('--to', 'onnx');
    expect(stdout).toMatch(/out\.onnx: \d.* kB\n$/);
  });
});

describe('options that exclude each other', () => {
  it.each<[string, Partial<OnnxOptions>, string]>([
    ['faster', { paste: true }, '--paste needs a mask branch, which faster does not have; leave it out'],
    ['faster', { parts: true, fp16: true }, '--fp16 does not apply to --parts; leave it out'],
    ['faster', { parts: true, int8: true }, '--int8 does not apply to --parts; leave it out'],
    ['faster', { int8: true, fp16: true }, '--int8 and --fp16 exclude each other: leave one out'],
    [
      'faster',
      { int8: true },
      '--int8 needs a model with eight bits, which faster is not; write one with `mask-rcnn quantize`',
    ],
    ['faster', { parts: true, score: 0.5 }, '--score does not apply to --parts; leave it out'],
    ['fcn', { maxDet: 3 }, '--max-det does not apply to fcn, which is an FCN model; leave it out'],
    ['fcn', { parts: true }, '--parts does not apply to fcn, which is an FCN model; leave it out'],
  ])('%s with %o', async (name, options, message) => {
    await expect(exported(name, options)).rejects.toMatchObject({ name: 'UsageError', message });
  });
});
