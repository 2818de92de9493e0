import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { maskFields } from '../../src/data/coco/mask-fields.ts';
import { maskOf } from '../../src/data/coco/truth.ts';
import { analyseErrors } from '../../src/score/analyse-errors.ts';
import { pageFolder } from '../support/built-package.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { importTiny } from '../support/tiny-model.ts';
import { openPage, save } from './web-page.ts';

describe.skipIf(!hasChromium('the errors view'))('the errors view in Chromium', () => {
  const folder = new TestFolder();
  const at = (name: string) => join(folder.path, name);
  let truth: string;
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    truth = writeSquares(folder.path, 6, 1);
    const dataset = await readCocoDataset(truth);
    const results = dataset.annotations.map((annotation) => ({
      image_id: annotation.image_id,
      category_id: annotation.category_id,
      score: 1 / (1 + (annotation.id % 4)),
      ...maskFields(maskOf(annotation, dataset.image(annotation.image_id)!)!),
    }));
    writeFileSync(at('all.json'), JSON.stringify(results));
    writeFileSync(at('half.json'), JSON.stringify(results.filter((_, i) => i % 2 === 0)));
    // Served, since the page's policy forbids styles that the report has as a file.
    server = await startTestServer(await importTiny('mask-v1', folder.path), {
      workers: 1,
      page: pageFolder,
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.remove();
  });

  it('shows what Node computes, in both languages, and saves it', async () => {
    const { page, errors, requests } = await openPage(browser, server.url);
    await page.click('#tab-errors');
    const input = page.locator('.errors-picker input[type=file]').first();
    await input.setInputFiles([truth, at('half.json'), at('1.png'), at('2.png')]);
    const { analysis } = await analyseErrors({ groundTruth: truth, results: at('half.json') });
    const ap = analysis.metrics[0].value.toFixed(3);
    expect(Number(ap)).toBeLessThan(0.9);
    await page.waitForSelector('.error-report h1:text-is("Error analysis of half.json")');
    const cells = await page.locator('.error-report #s1 td').allInnerTexts();
    expect(cells[1]).toBe(ap);
    // Those pictures that were chosen.
    expect(await page.locator('.error-report image').count()).toBe(2);

    await page.selectOption('.language-switch', 'zh');
    await page.waitForSelector('.error-report h1:text-is("half.json 的误差分析")');
    await page.selectOption('.language-switch', 'en');
    await page.waitForSelector('.error-report h1:text-is("Error analysis of half.json")');
    const { name, bytes } = await save(page, 'Save the report');
    expect(name).toBe('half.errors.html');
    expect(bytes.toString()).toContain(`<td>${ap}</td>`);

    // Nothing was uploaded, and the policy blocked nothing.
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('compares two models, and says in one line what is missing or wrong', async () => {
    const { page } = await openPage(browser, server.url);
    await page.click('#tab-errors');
    const input = page.locator('.errors-picker input[type=file]').first();
    const alert = page.locator('.errors [role=alert]');
    // Files are read before the line appears.
    const says = (start: string) => page.waitForSelector(`.errors [role=alert]:text-matches("^${start}")`);
    await input.setInputFiles([truth]);
    await says('The results are missing');
    await input.setInputFiles([at('all.json')]);
    await says('The annotations are missing');
    writeFileSync(at('cut.json'), readFileSync(at('all.json')).subarray(0, 100));
    await input.setInputFiles([truth, at('cut.json')]);
    await says('cut.json: truncated JSON at byte 100');
    await input.setInputFiles([truth, at('half.json'), at('all.json')]);
    await page.waitForSelector('.error-report h1:text-matches("all.json .*half.json")');
    expect(await alert.count()).toBe(0);
    await page.close();
  });
});
