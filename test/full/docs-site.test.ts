import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '../browser/web-page.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const base = '/guide/';

describe('the documentation site', () => {
  const folder = new TestFolder();
  const site = folder.at('site');
  let pages: string[];

  beforeAll(async () => {
    const args = [
      '--import',
      import.meta.resolve('tsx'),
      'scripts/build-docs.ts',
      '--out',
      site,
      '--base',
      base,
    ];
    await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 1 << 26 });
    pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
  });
  afterAll(() => folder.remove());

  it('links only to what is there', () => {
    const html = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]));
    const dead: string[] = [];
    let links = 0;
    for (const [page, text] of html) {
      for (const [, target] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
        if (/^(https?|data|mailto):/.test(target)) continue;
        const { pathname, hash } = new URL(target.replaceAll('&amp;', '&'), `http://site${base}${page}`);
        const path = decodeURI(pathname).replace(/\/$/, '/index.html').replace(base, '');
        const id = decodeURIComponent(hash.slice(1));
        const found = html.get(path);
        links++;
        if (!pathname.startsWith(base) || !existsSync(join(site, path))) dead.push(`${page} → ${target}`);
        else if (id && found !== undefined && !found.includes(` id="${id}"`))
          dead.push(`${page} → ${target}`);
      }
    }
    expect(dead).toEqual([]);
    expect(links).toBeGreaterThan(1000);
  });

  describe.skipIf(!hasChromium('the documentation site'))('in Chromium', () => {
    let browser: Browser;
    let server: PreviewServer;
    const address = (path: string) => new URL(`${base}${path}`, server.resolvedUrls?.local[0]).href;
    const open = (path: string) =>
      openPage(browser, address(path), { viewport: { width: 1280, height: 844 } });

    beforeAll(async () => {
      browser = await launchChromium();
      server = await preview({
        configFile: false,
        root: folder.path,
        base,
        logLevel: 'error',
        build: { outDir: site },
        preview: { port: 0, host: '127.0.0.1' },
        appType: 'mpa',
      });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    // Without its scripts, a page has the same layout and opens several times as fast.
    it('fits a narrow screen on every page', { timeout: 300_000 }, async () => {
      const written = pages.filter((path) => !/^(api|demo)\/|^404/.test(path));
      expect(written.length).toBeGreaterThan(30);
      const { page } = await openPage(browser, address('index.html'), {
        javaScriptEnabled: false,
        viewport: { width: 390, height: 844 },
      });
      for (const path of written) {
        await page.goto(address(path), { waitUntil: 'load' });
        expect(await page.locator('h1').count(), path).toBeGreaterThan(0);
        const needed = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(needed, path).toBeLessThanOrEqual(390);
      }
      await page.close();
    });

    it.each([
      'index.html',
      'mask-rcnn.html',
      'zh/mask-rcnn.html',
      'training-settings.html',
      'zh/predict.html',
    ])('opens %s without an error', async (path) => {
      const { page, errors } = await open(path);
      await page.waitForSelector('h1');
      expect(errors).toEqual([]);
      await page.close();
    });

    it.each([
      ['mask-rcnn.html', 'zh/mask-rcnn.html', 'Mask R-CNN 原理'],
      ['serve.html', 'zh/serve.html', 'HTTP 服务'],
      ['models/nuclei.html', 'zh/models/nuclei.html', 'nuclei 模型'],
    ])('switches the language of %s', async (english, chinese, title) => {
      const { page } = await open(english);
      const switchTo = async (language: string) => {
        await page.hover('.VPNavBarTranslations button');
        await page.click(`.VPNavBarTranslations a:has-text("${language}")`);
      };
      await switchTo('简体中文');
      await page.waitForURL(`**${base}${chinese}`);
      await page.waitForSelector(`h1:text("${title}")`);
      expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
      await switchTo('English');
      await page.waitForURL(`**${base}${english}`);
      await page.close();
    });

    it('finds Chinese words', async () => {
      const { page } = await open('zh/index.html');
      await page.click('.VPNavBarSearch button');
      await page.fill('.search-input', '转置卷积');
      await page.waitForSelector('.result:has-text("Mask 分支")');
      await page.close();
    });

    it('finds objects in the live demo', { timeout: 300_000 }, async () => {
      const { page, errors } = await open('demo.html');
      const demo = page.frameLocator('.live-demo iframe');
      await demo.locator('#model').selectOption({ label: 'nuclei' });
      await demo.getByRole('button', { name: 'Example' }).click();
      await demo.locator('.shape').first().waitFor({ timeout: 240_000 });
      expect(errors).toEqual([]);
      await page.close();
    });
  });
});
