import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { float32Tensor } from '../../src/core/tensor.ts';
import { roiAlign } from '../../src/ops/roi-align.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { startViewPage, type ViewPage } from './view-page.ts';
import type { Given } from './webgpu/page.ts';

/** Chromium's own WebGPU on the processor: no graphics card is needed. */
const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

describe.skipIf(!hasChromium('WebGPU'))('WebGPU in Chromium', () => {
  let pages: ViewPage;
  let browser: Browser;
  let page: Page;
  let missing: string | null;

  beforeAll(async () => {
    const files = ['model.safetensors', '131x97.png'].map((name) => [
      `/${name}`,
      fileURLToPath(new URL(`../golden/shapes/${name}`, import.meta.url)),
    ]);
    pages = await startViewPage(Object.fromEntries(files), 'webgpu');
    browser = await launchChromium(softwareGpu);
    page = await browser.newPage();
    await page.goto(pages.origin);
    await page.waitForFunction('"whyNot" in window');
    missing = (await page.evaluate('whyNot()')) as string | null;
    if (missing) console.warn(`SKIPPED: WebGPU in Chromium (${missing})`);
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  it.for([false, true])(
    'aligns RoIs as the host does, aligned %s',
    { timeout: 300_000 },
    async (aligned, { skip }) => {
      // Known only once the browser runs.
      if (missing) skip(missing);
      const random = seededRandom(5);
      const shape = [1, 8, 19, 27];
      const features = Float32Array.from({ length: 8 * 19 * 27 }, random.normal);
      const boxes = new Float32Array(4 * 30);
      for (let i = 0; i < 30; i++) {
        const [x, y] = [random.uniform() * 120 - 12, random.uniform() * 90 - 12];
        boxes.set([x, y, x + random.uniform() * 60, y + random.uniform() * 40], 4 * i);
      }
      const parameters = { resolution: 7, samplingRatio: 2, aligned, spatialScale: 0.25 };
      const given: Given = { shape, features: [...features], boxes: [...boxes], parameters };
      const found = (await page.evaluate(`align(${JSON.stringify(given)})`)) as {
        values: number[];
        lacks: string[];
      };
      expect(found.lacks).toEqual(['RoiAlign']);
      const rois = new Array<number>(boxes.length / 4).fill(0);
      const expected = roiAlign(float32Tensor(shape, features), boxes, rois, parameters);
      expect(found.values.length).toBe(expected.length);
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found.values[i])), 0);
      expect(worst).toBeLessThan(1e-4);
    },
  );

  it('predicts what WebAssembly predicts', { timeout: 300_000 }, async ({ skip }) => {
    if (missing) skip(missing);
    const predict = (device: string) =>
      page.evaluate(`predict('${device}')`) as Promise<{ score: number; box: number[] }[]>;
    const expected = await predict('wasm');
    const found = await predict('webgpu');
    expect(found.length).toBe(expected.length);
    expect(found.length).toBeGreaterThan(3);
    for (const [i, { score, box }] of found.entries()) {
      expect(Math.abs(score - expected[i].score)).toBeLessThan(1e-4);
      for (const [k, side] of box.entries()) expect(Math.abs(side - expected[i].box[k])).toBeLessThan(0.01);
    }
  });
});
