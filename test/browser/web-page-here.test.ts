import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prediction } from '../../src/predict/instance.ts';
import { load } from '../../src/predict/load/node.ts';
import { buildPage } from '../support/build-page.ts';
import { pageFolder } from '../support/built-package.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';
import {
  countShapes,
  drawPicture,
  dropFile,
  expectEqual,
  lowestScore,
  type OpenPage,
  openPage,
  untilFound,
} from './web-page.ts';

const slow = { timeout: 180_000 };
const modelAddress = '**/v1/models/*/file';

describe.skipIf(!hasChromium('the web page without a server'))('the web page, in this browser', () => {
  const folder = new TestFolder();
  let nuclei: string;
  let server: TestServer;
  let browser: Browser;
  let opened: OpenPage;
  let page: Page;
  let png: Buffer;
  let truth: Prediction;

  const drop = (to: Page, name: string) => dropFile(to, { name, type: 'image/png', bytes: png });
  const runHere = (on: Page) => on.locator('.segment', { hasText: 'In this browser' }).click();

  beforeAll(async () => {
    nuclei = await writeSmallNuclei(folder);
    const models = [{ name: 'nuclei', file: nuclei }];
    server = await startTestServer(nuclei, { models, workers: 1, page: pageFolder });
    png = await drawPicture(3);
    const model = await load(nuclei);
    truth = await model.predict(png, { score: lowestScore });
    await model.dispose();
    browser = await launchChromium();
    opened = await openPage(browser, server.url);
    page = opened.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.remove();
  });

  test('finds the same instances as Node, with threads, without sending the picture', slow, async () => {
    await runHere(page);
    await drop(page, 'cells.png');
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const threads = cores === 1 ? '1 thread' : `${Math.min(cores, 8)} threads`;
    expect(await untilFound(page)).toMatch(new RegExp(`in this browser(, ${threads}| by WebGPU)`));
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(truth.instances.length).toBeGreaterThan(5);
    await expectEqual(page, truth);
    expect(opened.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test('downloads a model once, and then revalidates it', slow, async () => {
    await page.reload();
    opened.requests.length = 0;
    await page.waitForSelector('#model option', { state: 'attached' });
    await runHere(page);
    await drop(page, 'cells.png');
    await untilFound(page);
    const asked = opened.requests.filter((request) => request.endsWith('/v1/models/nuclei/file'));
    expect(asked).toEqual(['HEAD /v1/models/nuclei/file']);
  });

  test('cancels a running prediction, and can start another one', slow, async () => {
    await page.getByRole('button', { name: 'Example' }).click();
    // A click of the mouse waits for the button to stand still; the prediction may be over by then.
    await page.getByRole('button', { name: 'Cancel' }).dispatchEvent('click');
    expect(await page.innerText('.status-text')).toBe('Cancelled');
    expect(await countShapes(page)).toBe(0);
    await drop(page, 'again.png');
    await untilFound(page);
    await expectEqual(page, truth);
  });

  test('cancels a download', slow, async () => {
    const other = await openPage(browser, server.url);
    await other.page.route(modelAddress, () => {});
    await other.page.waitForSelector('#model option', { state: 'attached' });
    await runHere(other.page);
    await drop(other.page, 'cells.png');
    await other.page.getByRole('button', { name: 'Cancel' }).click();
    expect(await other.page.innerText('.status-text')).toBe('Cancelled');
    await other.page.unrouteAll({ behavior: 'ignoreErrors' });
    await other.page.getByRole('button', { name: 'Try again' }).click();
    await untilFound(other.page);
    expect(other.errors).toEqual([]);
    await other.page.close();
  });

  test('runs a model file of this device, and refuses an invalid one', slow, async () => {
    await page.setInputFiles('input[aria-label="Model file"]', {
      name: 'broken.safetensors',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('not a model at all'),
    });
    await page.waitForSelector('.status-failed');
    expect(await page.innerText('.status-failed')).toMatch(/^model: /);
    await page.setInputFiles('input[aria-label="Model file"]', nuclei);
    expect(await untilFound(page)).toContain('in this browser');
    await expectEqual(page, truth);
  });

  test('runs a model from a URL', slow, async () => {
    const add = async (address: string) => {
      await page.fill('#address', address);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
    };
    await page.click('text=From a URL');
    await add('ftp://example.org/model.safetensors');
    expect(await page.innerText('[role="alert"]')).toContain('expected a URL that begins with https://');
    await add(`${server.url}/v1/models/nothing/file`);
    await page.waitForSelector('.status-failed:has-text("cannot be fetched (404")');
    await page.click('text=From a URL');
    await add(`${server.url}/v1/models/nuclei/file?any`);
    await untilFound(page);
    await expectEqual(page, truth);
    // The browser logs the failed request.
    opened.errors.splice(0, opened.errors.length, ...opened.errors.filter((text) => !text.includes('404')));
  });

  test('logged no errors', () => {
    expect(opened.errors).toEqual([]);
  });

  test('works without a server: the static build', slow, async () => {
    await buildPage(folder.at('static'), 'static');
    const host = await serveFolder(folder.at('static'));
    const { port } = host.address() as AddressInfo;
    const other = await openPage(browser, `http://127.0.0.1:${port}/`);
    expect(await other.page.locator('text=On the server').count()).toBe(0);
    expect(await other.page.locator('#model option').allInnerTexts()).toEqual(['photos', 'nuclei']);
    expect(await other.page.locator('#model option:checked').innerText()).toBe('photos');
    const team = await sharp('examples/demo/pictures/tennis-team.jpg').png().toBuffer();
    await dropFile(other.page, { name: 'team.png', type: 'image/png', bytes: team });
    // A plain host does not send the headers for cross-origin isolation.
    expect(await untilFound(other.page)).toContain('1 thread');
    const shipped = await load('photos');
    await expectEqual(other.page, await shipped.predict(team, { score: lowestScore }));
    await shipped.dispose();
    // With eight bits.
    await other.page.selectOption('#model', { label: 'nuclei' });
    await drop(other.page, 'cells.png');
    await other.page.locator('text=/^nucleus/').filter({ visible: true }).first().waitFor(slow);
    expect(other.requests.filter((request) => request.includes('/v1/'))).toEqual([]);
    expect(other.errors).toEqual([]);
    await other.page.close();
    host.close();
    host.closeAllConnections();
  });
});

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A plain file server. */
function serveFolder(folder: string): Promise<Server> {
  const files = createServer(async (request, response) => {
    const path = request.url === '/' ? '/index.html' : String(request.url);
    const body = await readFile(folder + path).catch(() => null);
    response.writeHead(body ? 200 : 404, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': body?.length ?? 0,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  return new Promise((resolve) => files.listen(0, '127.0.0.1', () => resolve(files)));
}
