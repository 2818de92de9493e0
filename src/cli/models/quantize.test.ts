import { existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { openModelFile } from '../../model-file/model-file.ts';
import { storedQuantization } from '../../model-file/quantization.ts';
import { rleIou } from '../../ops/rle/iou.ts';
import { load } from '../../predict/load/node.ts';
import { infoCommand } from './info.ts';
import { quantizeCommand } from './quantize.ts';

/** A small model that torchvision trained, and its pictures: see test/golden/shapes/README.md. */
const golden = (name: string) =>
  fileURLToPath(new URL(`../../../test/golden/shapes/${name}`, import.meta.url));
const { pictures } = JSON.parse(readFileSync(golden('predictions.json'), 'utf8')) as {
  pictures: { picture: string; instances: { label: number; score: number; counts: number[] }[] }[];
};
const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const run = (...args: string[]) => runCommand(quantizeCommand(), [golden('model.safetensors'), ...args]);
const out = folder.at('int8.safetensors');
const calibrate = ['--calibrate', golden('.')];
let said: string;

/** What torchvision finds with confidence, as the truth. */
beforeAll(async () => {
  const images = pictures.slice(0, 3).map(({ picture }, i) => {
    const [width, height] = picture.split('.')[0].split('x').map(Number);
    return { id: i + 1, file_name: picture, width, height };
  });
  const annotations = pictures.slice(0, 3).flatMap(({ instances }, i) =>
    instances
      .filter(({ score }) => score >= 0.5)
      .map(({ label, counts }) => ({
        image_id: i + 1,
        category_id: label,
        iscrowd: 0,
        segmentation: { size: [images[i].height, images[i].width], counts },
      })),
  );
  const categories = [1, 2, 3].map((id) => ({ id, name: String(id) }));
  const { config, weights } = await openModelFile(golden('model.safetensors'));
  await weights.close();
  const named = categories.map(({ id }) => ({ id, name: config.categories.find((c) => c.id === id)!.name }));
  folder.write('val.json', {
    images,
    categories: named,
    annotations: annotations.map((annotation, i) => ({ id: i + 1, ...annotation })),
  });
  const { stdout, error } = await run(...calibrate, '--pictures', '6', '--out', out);
  expect(error).toBeUndefined();
  said = stdout;
  vi.restoreAllMocks();
});

describe('quantize', () => {
  test('writes a smaller model whose layers have eight bits', async () => {
    expect(said).toMatch(/int8\.safetensors: \d+ layers with eight bits, /);
    expect(statSync(out).size).toBeLessThan(0.6 * statSync(golden('model.safetensors')).size);
    const { weights } = await openModelFile(out);
    const layers = Object.keys(storedQuantization(weights)?.layers ?? {});
    await weights.close();
    expect(layers.length).toBeGreaterThan(20);
    // Scores, offsets and logits stay in floating point.
    expect(layers.filter((name) => /cls_score|bbox_pred|cls_logits|mask_fcn_logits/.test(name))).toEqual([]);
  });

  test('which info counts', async () => {
    const { stdout } = await runCommand(infoCommand(), [out]);
    expect(stdout).toMatch(/\neight bits +\d+ layers\n/);
    expect(stdout).not.toContain('zeroPoint');
  });

  test('also in the mask branch up to its predictor', async () => {
    const original = await openModelFile(golden('model.safetensors'));
    const { config, weights } = await openModelFile(out);
    const layers = Object.keys(storedQuantization(weights)?.layers ?? {});
    const convolutions = config.mask!.convolutions.map((_, i) => `roi_heads.mask_head.${i}.0.weight`);
    const deconvolution = 'roi_heads.mask_predictor.conv5_mask.weight';
    expect(layers).toEqual(expect.arrayContaining([...convolutions, deconvolution]));
    // Its rows are not output channels, so it is rounded when the model is loaded.
    expect(await weights.read(deconvolution)).toEqual(await original.weights.read(deconvolution));
    await Promise.all([weights.close(), original.weights.close()]);
  });

  test('which finds what the model finds', async () => {
    const [before, after] = await Promise.all(
      [golden('model.safetensors'), out].map(async (file) => {
        await using model = await load(file, { threads: 1 });
        const predictions = [];
        for (const { picture } of pictures) predictions.push(await model.predict(golden(picture)));
        return predictions.map(({ instances }) => instances);
      }),
    );
    let [expected, found] = [0, 0];
    before.forEach((instances, i) => {
      expected += instances.length;
      found += instances.filter((instance) =>
        after[i].some(
          (other) =>
            other.category.id === instance.category.id &&
            rleIou([instance.mask!.rle], [other.mask!.rle], [false])[0] > 0.8,
        ),
      ).length;
    });
    expect(expected).toBeGreaterThan(30);
    expect(found).toBeGreaterThan(0.9 * expected);
    // Not the same numbers: else nothing was computed with bytes.
    expect(after.flat().some(({ score }, i) => score !== before.flat()[i]?.score)).toBe(true);
  });

  test('measures the loss, and refuses one that is too large with the costs of layers', async () => {
    const val = ['--val', folder.at('val.json'), '--val-images', golden('.')];
    const few = [...calibrate, '--pictures', '2'];
    const { error } = await run(...few, ...val, '--max-drop', '0', '--out', folder.at('b.safetensors'));
    // Rounding may gain as well.
    if (error !== undefined)
      expect(String(error)).toMatch(
        /val\.json: AP drops by .* Error that each layer alone causes: \S+ [\d.]+ %/,
      );
    else expect(existsSync(folder.at('b.safetensors'))).toBe(true);
  });

  test('does not quantise twice, and needs pictures', async () => {
    const again = await runCommand(quantizeCommand(), [
      out,
      ...calibrate,
      '--out',
      folder.at('c.safetensors'),
    ]);
    expect(String(again.error)).toContain('already computes with eight bits');
    const { error } = await run('--calibrate', folder.at('val.json'), '--out', folder.at('d.safetensors'));
    expect(String(error)).toContain('needs --images');
  });

  test.each<[string, string[], RegExp]>([
    [
      'a name without the ending',
      ['--out', 'x.onnx'],
      /--out: expected .* ends in \.safetensors, got x\.onnx/,
    ],
    ['a missing folder', ['--out', folder.at('no/x.safetensors')], /x\.safetensors: cannot be written/],
    ['--max-drop above 100', ['--max-drop', '101'], /--max-drop.* Expected a number from 0 to 100\./],
    ['--max-drop alone', ['--max-drop', '1'], /--max-drop needs --val/],
    ['--val-images alone', ['--val-images', '.'], /--val-images needs --val/],
    ['--images with a folder', ['--images', '.'], /--images needs a data set/],
  ])('refuses %s before it calibrates', async (_, args, message) => {
    const { error, stderr } = await run(...calibrate, '--out', folder.at('e.safetensors'), ...args);
    expect(String(error)).toMatch(message);
    expect(stderr).not.toContain('calibrating');
  });

  test('refuses to replace a picture that it calibrates with', async () => {
    const picture = folder.at('picture.safetensors');
    await copyFile(golden(pictures[0].picture), picture);
    folder.write('one.json', {
      images: [{ id: 1, file_name: 'picture.safetensors', width: 128, height: 128 }],
      categories: [],
      annotations: [],
    });
    const data = ['--calibrate', folder.at('one.json'), '--images', folder.at('.')];
    expect(String((await run(...data, '--out', picture)).error)).toMatch(/--out would replace .*picture/);
  });

  test('refuses a validation set that measures nothing', async () => {
    const categories = [{ id: 1, name: 'zebra' }];
    folder.write('zebras.json', { images: [], categories, annotations: [] });
    folder.write('empty.json', { images: [], categories: [{ id: 1, name: 'disc' }], annotations: [] });
    const val = (name: string) => ['--val', folder.at(name), '--val-images', golden('.')];
    const rest = [...calibrate, '--out', folder.at('f.safetensors')];
    const { error } = await run(...rest, ...val('zebras.json'));
    expect(String(error)).toMatch(/zebras\.json: none of its categories \(zebra\)/);
    expect(String((await run(...rest, ...val('empty.json'))).error)).toMatch(/empty\.json: has no object/);
  });

  test('says which branch was not calibrated', async () => {
    const blank = sharp({ create: { width: 96, height: 96, channels: 3, background: 'grey' } });
    await blank.png().toFile(folder.at('blank.png'));
    const { stderr, stdout } = await run(
      ...['--calibrate', folder.at('blank.png'), '--out', folder.at('g.safetensors')],
    );
    expect(stderr).toMatch(/found nothing .* the mask branch stays in floating point/);
    expect(stdout).toContain('layers with eight bits');
  });
});
