import { readFile } from 'node:fs/promises';
import type { Browser, Download, Page } from 'playwright-core';
import sharp from 'sharp';
import { expect } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import { decompressRle } from '../../src/ops/rle/compressed.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import type { Prediction } from '../../src/predict/instance.ts';
import type { ResultEntry } from '../../src/predict/result-entry.ts';

/** The threshold that the page requests, whichever it shows. */
export const lowestScore = 0.05;

/** A page under test and its errors. */
export interface OpenPage {
  page: Page;
  /** Errors of scripts and of the console. */
  errors: string[];
  /** Method and path of every request. */
  requests: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(url);
  return { page, errors, requests };
}

/** A microscope picture as a PNG file. */
export async function drawPicture(seed: number): Promise<Buffer> {
  const { width, height, data } = drawNuclei({ seed, width: 160, height: 120 }).picture;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Drops a file on the page as a person does. */
export async function dropFile(
  page: Page,
  file: { name: string; type: string; bytes: Buffer },
): Promise<void> {
  await page.evaluate(
    ({ name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name, { type }));
      for (const kind of ['dragover', 'drop']) {
        const event = new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
      }
    },
    { name: file.name, type: file.type, base64: file.bytes.toString('base64') },
  );
}

/** Waits for a result in English. @returns The status line. */
export async function untilFound(page: Page): Promise<string> {
  await page.waitForSelector('.status-text:text-matches("instances? shown|^Nothing")', { timeout: 120_000 });
  return page.innerText('.status-text');
}

/** Moves the slider, as its keys do but at once. */
export async function setThreshold(page: Page, score: number): Promise<void> {
  await page.locator('#threshold').fill(String(score));
}

/** Instances that are drawn now. */
export async function countShapes(page: Page): Promise<number> {
  return page.locator('.shape').count();
}

/** The bytes of what a button of the page saves, and its name. */
export async function save(page: Page, label: string): Promise<{ name: string; bytes: Buffer }> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: label, exact: true }).click();
  const download: Download = await waiting;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Compares what the page saves as JSON with what Node finds: scores within 1e-3, masks by an IoU of 0.98 and more. */
export async function expectEqual(page: Page, { width, height, instances }: Prediction): Promise<void> {
  await setThreshold(page, lowestScore);
  const { bytes } = await save(page, 'JSON');
  const results = JSON.parse(bytes.toString()) as ResultEntry[];
  expect(results.length).toBe(instances.length);
  results.forEach(({ category_name, score, bbox, segmentation }, i) => {
    const { category, score: wanted, box, mask } = instances[i];
    expect(category_name).toBe(category.name);
    expect(Math.abs(score - wanted)).toBeLessThan(1e-3);
    const corners = [bbox[0], bbox[1], bbox[0] + bbox[2], bbox[1] + bbox[3]];
    corners.forEach((corner, c) => {
      expect(Math.abs(corner - box[c])).toBeLessThan(0.1);
    });
    expect(segmentation?.size).toEqual([height, width]);
    const rle = decompressRle(segmentation!.counts, segmentation!.size);
    expect(rleIou([rle], [mask!.rle], [false])[0]).toBeGreaterThanOrEqual(0.98);
  });
}
