import { mkdirSync, symlinkSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { ExamplesCopy } from '../support/examples.ts';
import { TestFolder } from '../support/folder.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';

describe.skipIf(!hasChromium('the examples for browsers'))('the examples in Chromium', () => {
  const folder = new TestFolder();
  let model: string;
  let examples: ExamplesCopy;
  let browser: Browser;

  beforeAll(async () => {
    model = await writeSmallNuclei(folder);
    examples = new ExamplesCopy(['vite-page', 'webcam-page']);
    await examples.drawPicture();
    // A camera that shows a test picture, and needs no permission from a person.
    browser = await launchChromium(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  });
  afterAll(async () => {
    await browser?.close();
    examples?.remove();
    folder.remove();
  });

  async function withPage(name: string, use: (page: Page) => Promise<void>): Promise<void> {
    const root = examples.at(name);
    mkdirSync(examples.at(name, 'public'));
    symlinkSync(model, examples.at(name, 'public', 'model.safetensors'));
    await build({ root, logLevel: 'error' });
    const server = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    try {
      await page.goto(String(server.resolvedUrls?.local[0]));
      await use(page);
      expect(errors).toEqual([]);
    } finally {
      await page.close();
      await server.close();
    }
  }

  it('finds the same on the page as Node', { timeout: 400_000 }, async () => {
    await withPage('vite-page', async (page) => {
      await page.waitForSelector('#status:text("Choose a picture")', { timeout: 180_000 });
      await page.setInputFiles('#picture', examples.at('cells.png'));
      await page.waitForSelector('#status:text("objects in")', { timeout: 180_000 });
      const count = await examples.expectedCount(model);
      expect(await page.innerText('#status')).toMatch(new RegExp(`^${count} objects in`));
      expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    });
  });

  it('follows the camera', { timeout: 400_000 }, async () => {
    await withPage('webcam-page', async (page) => {
      await page.click('#start');
      await page.waitForSelector('#status:text("frames per second")', { timeout: 180_000 });
      expect(await page.evaluate('document.querySelector("#canvas").width')).toBe(640);
    });
  });
});
