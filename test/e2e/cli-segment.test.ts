import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'fast-png';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { loadSemantic } from '../../src/predict/semantic.ts';
import { runCli } from '../support/cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'segment-'));
afterAll(() => rmSync(folder, { recursive: true }));
const model = fileURLToPath(new URL('../golden/semantic/fcn.pth', import.meta.url));
const [width, height] = [90, 61];
const random = seededRandom(4);
const data = Uint8Array.from({ length: 3 * width * height }, () => random.integer(256));
const picture = join(folder, 'noise.png');
writeFileSync(picture, encode({ width, height, data, channels: 3, depth: 8 }));
const out = join(folder, 'out');

it('writes the class map that the library gives, and a coloured picture', { timeout: 120_000 }, async () => {
  const { status, stdout, stderr } = await runCli(['segment', picture, '--model', model, '--out', out]);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/noise\.png: .*class_\d \d+ %/);
  expect(readdirSync(out).sort()).toEqual(['noise.classes.png', 'noise.png']);
  const written = decode(readFileSync(join(out, 'noise.classes.png')));
  expect(written).toMatchObject({ width, height, channels: 1, depth: 8 });
  const library = await loadSemantic(model);
  const { classes } = await library.predict({ width, height, channels: 3, data });
  await library.dispose();
  expect([...written.data]).toEqual([...classes]);
  const drawn = decode(readFileSync(join(out, 'noise.png')));
  expect([drawn.width, drawn.height]).toEqual([width, height]);
  // The background keeps its colours.
  const background = classes.indexOf(0);
  if (background >= 0) {
    expect([...drawn.data.slice(3 * background, 3 * background + 3)]).toEqual([
      ...data.slice(3 * background, 3 * background + 3),
    ]);
  }
});

it('ends a prediction when its signal is aborted, and refuses unknown options', async () => {
  await using fcn = await loadSemantic(model);
  const aborted = fcn.predict(picture, { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  const controller = new AbortController();
  const running = fcn.predict(picture, { signal: controller.signal });
  controller.abort(new Error('changed my mind'));
  await expect(running).rejects.toThrow('changed my mind');
  const wrong = { score: 0.5 } as object;
  await expect(fcn.predict(picture, wrong)).rejects.toThrow(
    'predict: unknown option score; known: minSize, maxSize, signal',
  );
});

it('reports pictures that cannot be read, and counts them', { timeout: 120_000 }, async () => {
  const broken = join(folder, 'broken.png');
  writeFileSync(broken, 'no picture');
  const { status, stderr } = await runCli(['segment', broken, picture, '--model', model, '--out', out]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^mask-rcnn: .*broken\.png: .*\nmask-rcnn: 1 of 2 pictures failed\n$/);
});

it('refuses a detector by one line', { timeout: 120_000 }, async () => {
  const detector = fileURLToPath(new URL('../golden/inference/mask-v1.pth', import.meta.url));
  const { status, stderr } = await runCli(['segment', picture, '--model', detector, '--out', out]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/mask-v1\.pth: is not an FCN model/);
});
