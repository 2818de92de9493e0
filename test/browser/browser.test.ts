import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import type { Instance } from '../../src/predict/instance.ts';
import { load } from '../../src/predict/load/node.ts';
import { ortFiles } from '../../src/server/page/ort-files.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';
import type { Found, Kind } from './entry/page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
};

describe.skipIf(!hasChromium('the browser entry'))('the browser entry in Chromium', () => {
  const temporary = new TestFolder();
  const folder = temporary.at('page');
  const errors: string[] = [];
  const picture = drawNuclei({ seed: 3, width: 160, height: 120 }).picture;
  let modelFile: string;
  let server: Server;
  let browser: Browser;
  let page: Page;
  let expected: readonly Instance[];

  beforeAll(async () => {
    modelFile = await writeSmallNuclei(temporary);
    await build({
      root: `${root}test/browser/entry`,
      logLevel: 'error',
      build: { outDir: folder, target: 'es2022' },
    });
    const { width, height, data } = picture;
    const raw = { width, height, channels: 3 as const };
    writeFileSync(join(folder, 'picture.png'), await sharp(data, { raw }).png().toBuffer());
    server = await serve(folder, modelFile);
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(addressOf(server));
    await page.waitForFunction('"find" in window');
    const model = await load(modelFile);
    expected = (await model.predict({ ...picture, channels: 3 }, { score: 0.05 })).instances;
    await model.dispose();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    temporary.remove();
  });

  it.each<Kind>(['address', 'blob', 'bytes', 'bitmap', 'canvas', 'pixels', 'raw'])(
    'finds in a picture given as %s what Node finds',
    { timeout: 120_000 },
    async (kind) => {
      expect(expected.length).toBeGreaterThan(5);
      const found = (await page.evaluate(`find('/picture.png', '${kind}')`)) as Found[];
      expect(found.length).toBe(expected.length);
      found.forEach(({ category, score, box, counts }, i) => {
        expect(category).toBe('nucleus');
        expect(Math.abs(score - expected[i].score)).toBeLessThan(1e-3);
        box.forEach((corner, c) => {
          expect(Math.abs(corner - expected[i].box[c])).toBeLessThan(0.1);
        });
        const mask = { size: [picture.height, picture.width] as const, counts: Uint32Array.from(counts) };
        expect(rleIou([mask], [expected[i].mask!.rle], [false])[0]).toBeGreaterThan(0.98);
      });
      expect(errors).toEqual([]);
    },
  );

  it('computes in one thread, and where the page is cross-origin isolated in one for each core', async () => {
    expect(page.workers()).toEqual([]);
    const isolated = await serve(folder, modelFile, {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    const other = await browser.newPage();
    try {
      await other.goto(addressOf(isolated));
      await other.waitForFunction('"find" in window');
      expect(await other.evaluate(`find('/picture.png', 'address')`)).toHaveLength(expected.length);
      const cores = await other.evaluate(() => navigator.hardwareConcurrency);
      expect(other.workers()).toHaveLength(Math.min(cores, 8) - 1);
    } finally {
      await other.close();
      isolated.close();
    }
  });

  it('loads the runtime from a folder of the page, and says what to do where its files are missing', async () => {
    mkdirSync(join(folder, 'ort'));
    for (const name of ortFiles)
      copyFileSync(`${root}node_modules/onnxruntime-web/dist/${name}`, join(folder, 'ort', name));
    for (const files of ['ort', '/ort/']) {
      const other = await browser.newPage();
      const requested: string[] = [];
      other.on('request', (request) => requested.push(new URL(request.url()).pathname));
      await other.goto(`${addressOf(server)}?files=${files}`);
      await other.waitForFunction('"find" in window');
      expect(await other.evaluate(`find('/picture.png', 'address')`)).toHaveLength(expected.length);
      expect(requested).toContain('/ort/ort-wasm-simd-threaded.wasm');
      await other.close();
    }
    const other = await browser.newPage();
    await other.goto(`${addressOf(server)}?files=nowhere`);
    await other.waitForFunction('"find" in window');
    expect(await other.evaluate('failure()')).toMatch(
      /^MaskRcnnError: ONNX Runtime's \.mjs and \.wasm files cannot be loaded .*; copy them from node_modules\/onnxruntime-web\/dist/,
    );
    await other.close();
  });

  it('names the model that cannot be fetched', async () => {
    expect(await page.evaluate('missing()')).toMatch(/^\/missing\.safetensors: cannot be fetched \(404/);
  });
});

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Serves the built page and the model. @param headers Sent with every file. */
function serve(folder: string, model: string, headers: Record<string, string> = {}): Promise<Server> {
  const files = createServer(async (request, response) => {
    const { pathname } = new URL(String(request.url), 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    const file = path === '/nuclei.safetensors' ? model : join(folder, path);
    const body = await readFile(file).catch(() => null);
    response.writeHead(body ? 200 : 404, {
      ...headers,
      'content-type': types[extname(path)] ?? 'application/octet-stream',
    });
    response.end(body);
  });
  return new Promise((resolve) => files.listen(0, '127.0.0.1', () => resolve(files)));
}
