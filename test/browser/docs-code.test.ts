import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../src/predict/load/node.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { codeBlocks } from '../support/docs-blocks.ts';
import { programsOf } from '../support/docs-programs.ts';
import { DocsProject } from '../support/docs-project.ts';

const model = fileURLToPath(new URL('../../models/photos.safetensors', import.meta.url));

describe.skipIf(!hasChromium('the programs of the page on browsers'))('docs/browser.md in Chromium', () => {
  const project = new DocsProject();
  let browser: Browser;
  let expected: number;

  beforeAll(async () => {
    await project.writeFixtures();
    await sharp(project.at('photo.jpg')).toFile(project.at('photo.png'));
    const inNode = await load('photos');
    expected = (await inNode.predict(project.at('photo.png'))).instances.length;
    await inNode.dispose();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    project.remove();
  });

  /** Opens a page and gives it the picture until it has printed what is expected: an object a line, or all in a list. */
  async function open(address: string, isDone: (printed: unknown[]) => boolean): Promise<void> {
    const tab = await browser.newPage();
    const printed: unknown[] = [];
    tab.on('console', async (message) => {
      if (message.type() === 'log') printed.push(await message.args()[0]?.jsonValue());
    });
    await tab.goto(address);
    expect(await tab.evaluate('crossOriginIsolated')).toBe(true);
    // The page listens once its model is loaded.
    await expect
      .poll(
        async () => {
          // The same file again would be no change.
          await tab.setInputFiles('input', []);
          await tab.setInputFiles('input', project.at('photo.png'));
          return isDone(printed);
        },
        { timeout: 120_000, interval: 3000 },
      )
      .toBe(true);
    await tab.close();
  }

  it('finds on its page and in its worker what Node finds', { timeout: 400_000 }, async () => {
    const [page, configuration, worker, handOver, ...more] = programsOf(codeBlocks('docs/browser.md'));
    const platforms = [page, configuration, worker, handOver].map(({ platform }) => platform);
    expect(platforms).toEqual(['browser', 'node', 'browser', 'browser']);
    expect(more).toEqual([]);
    writeFileSync(project.at('vite.config.ts'), configuration.text);
    writeFileSync(project.at('main.ts'), page.text);
    writeFileSync(project.at('worker.ts'), worker.text);
    writeFileSync(project.at('hand-over.ts'), handOver.text);
    const write = (file: string, script: string) => {
      const tag = `<script type="module" src="/${script}.ts"></script>`;
      writeFileSync(project.at(file), `<!doctype html><input type="file">${tag}`);
      return project.at(file);
    };
    const input = [write('index.html', 'main'), write('in-worker.html', 'hand-over')];
    mkdirSync(project.at('public', 'models'), { recursive: true });
    symlinkSync(model, project.at('public', 'models', 'photos.safetensors'));
    await build({ root: project.folder, logLevel: 'error', build: { rollupOptions: { input } } });
    const options = { port: 0, host: '127.0.0.1' };
    const server = await preview({ root: project.folder, logLevel: 'error', preview: options });
    try {
      const address = String(server.resolvedUrls?.local[0]);
      const onPage = (names: unknown[]) => names.length >= expected;
      await open(address, onPage);
      const inWorker = ([answer]: unknown[]) => Array.isArray(answer) && answer.length === expected;
      await open(`${address}in-worker.html`, inWorker);
    } finally {
      await server.close();
    }
  });
});
