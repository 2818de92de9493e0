import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';
import { startViewPage, type ViewPage } from './view-page.ts';

describe.skipIf(!hasChromium('the training view'))('the training view in Chromium', () => {
  const folder = new TestFolder();
  const runs = join(folder.path, 'runs');
  const log = join(runs, 'cells', 'metrics.jsonl');
  let pages: ViewPage;
  let server: TestServer;
  let browser: Browser;
  const errors: string[] = [];

  const line = (step: number) =>
    `${JSON.stringify({ step, 'loss/total': 2 / (step + 1), 'loss/mask': 1 / (step + 1), learningRate: 0.02, picturesPerSecond: 4 })}\n`;

  beforeAll(async () => {
    mkdirSync(join(runs, 'cells'), { recursive: true });
    writeFileSync(log, Array.from({ length: 10 }, (_, step) => line(step)).join(''));
    writeFileSync(join(runs, 'cells', 'run.json'), '{"steps": 100, "picturesPerStep": 8, "pictures": 40}');
    pages = await startViewPage({});
    const model = await importTiny('mask-v1', folder.path);
    server = await startTestServer(model, { workers: 1, cors: pages.origin, runsFolder: runs });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.stop(), pages?.close()]);
    folder.remove();
  });

  async function openView(query: Record<string, string>): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`${pages.origin}/?${new URLSearchParams({ view: 'training', ...query })}`);
    await page.waitForSelector('.run-picker');
    return page;
  }
  const fact = (page: Page, name: string) =>
    page.locator('.run-summary div', { has: page.locator(`dt:text-is("${name}")`) }).locator('dd');

  it('follows the server’s latest run while it continues, and after a resume', async () => {
    const page = await openView({ server: server.url });
    await page.waitForSelector('.run-summary');
    expect(await page.inputValue('.run-picker select')).toBe('cells');
    expect(await fact(page, 'Step').innerText()).toBe('10 of 100');
    // 90 steps of 8 pictures, 4 a second.
    expect(await fact(page, 'Time left').innerText()).toBe('3 min');
    expect(await page.locator('.chart h2').allInnerTexts()).toEqual([
      'Losses',
      'Learning rate',
      'Pictures per second',
    ]);
    expect(await page.locator('.chart').first().locator('polyline:not(.chart-raw)').count()).toBe(2);

    appendFileSync(log, `${line(10)}{"step":10,"validation/mask AP":0.375}\n${line(11)}{"step": 12, "lo`);
    await page.waitForSelector('dd:text-is("12 of 100")');
    expect(await fact(page, 'Best mask AP').innerText()).toBe('37.5 at step 11');
    expect(await page.locator('.chart h2').allInnerTexts()).toContain('Validation');

    expect(await page.innerText('.run-status')).toBe('cells updates while the run continues.');
    appendFileSync(log, `\n${line(99)}`);
    await page.waitForSelector('.run-status:has-text("cells has finished.")');
    expect(await fact(page, 'Time left').innerText()).toBe('finished');

    // A resume rewrites the file, which is then shorter.
    writeFileSync(`${log}.new`, line(0) + line(1) + line(2));
    renameSync(`${log}.new`, log);
    await page.waitForSelector('dd:text-is("3 of 100")');
    expect(await page.locator('.chart h2').allInnerTexts()).not.toContain('Validation');
    await page.close();
    expect(errors).toEqual([]);
  });

  it('reads the values of a step by pointer and by keyboard, and hides curves', async () => {
    const page = await openView({});
    const lines = Array.from({ length: 100 }, (_, step) => line(step)).join('');
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: 'metrics.jsonl', mimeType: 'text/plain', buffer: Buffer.from(lines) });
    await page.waitForSelector('.chart');
    await page.getByLabel('Smooth losses and speed').uncheck();
    const losses = page.locator('.chart').first();
    const total = losses.getByRole('button', { name: /^total/ });
    expect(await total.innerText()).toContain('0.02');
    await losses.locator('svg[role="img"]').focus();
    for (let i = 0; i < 49; i++) await page.keyboard.press('ArrowLeft');
    expect(await losses.locator('.chart-step').innerText()).toBe('step 51');
    expect(await total.innerText()).toContain('0.0392');
    await total.click();
    expect(await total.getAttribute('aria-pressed')).toBe('false');
    expect(await losses.locator('polyline').count()).toBe(1);
    expect(await fact(page, 'Time left').innerText()).toBe('unknown');
    await page.close();
    expect(errors).toEqual([]);
  });

  it('accepts a dropped file, refuses others, and fits a phone', async () => {
    const page = await openView({});
    await page.setViewportSize({ width: 360, height: 740 });
    const drop = (name: string, text: string) =>
      page.evaluate(
        `(() => {
          const data = new DataTransfer();
          data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
          document.querySelector('.training').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        })()`,
      );
    await drop('notes.txt', 'nothing');
    await page.waitForSelector('[role="alert"]:has-text("expected the folder of a run")');
    await drop('metrics.jsonl', line(0) + line(1));
    await page.waitForSelector('.run-summary');
    expect(await fact(page, 'Step').innerText()).toBe('2');
    expect(await page.locator('[role="alert"]').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.close();
    expect(errors).toEqual([]);
  });
});
