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

const model = fileURLToPath(new URL('../../models/objects.safetensors', import.meta.url));

/** Starts the worker of the page, and lets the test ask it. */
const harness = `
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
window.askWorker = async (file) => {
  const answer = new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data), { once: true }));
  worker.postMessage(await createImageBitmap(file));
  return answer;
};
`;

describe.skipIf(!hasChromium('the programs of the page on browsers'))('docs/browser.md in Chromium', () => {
  const project = new DocsProject();
  let browser: Browser;
  let expected: number;

  beforeAll(async () => {
    await project.writeFixtures();
    await sharp(project.at('photo.jpg')).toFile(project.at('photo.png'));
    const inNode = await load('objects');
    expected = (await inNode.predict(project.at('photo.png'))).instances.length;
    await inNode.dispose();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    project.remove();
  });

  it('finds on its page and in its worker what Node finds', { timeout: 400_000 }, async () => {
    const [page, configuration, worker, ...more] = programsOf(codeBlocks('docs/browser.md'));
    expect([page.platform, configuration.platform, worker.platform]).toEqual(['browser', 'node', 'browser']);
    expect(more).toEqual([]);
    writeFileSync(project.at('vite.config.ts'), configuration.text);
    writeFileSync(project.at('main.ts'), page.text);
    writeFileSync(project.at('worker.ts'), worker.text);
    writeFileSync(project.at('harness.js'), harness);
    const tags = ['main.ts', 'harness.js'].map((name) => `<script type="module" src="/${name}"></script>`);
    writeFileSync(project.at('index.html'), `<!doctype html><input type="file">${tags.join('')}`);
    mkdirSync(project.at('public', 'models'), { recursive: true });
    symlinkSync(model, project.at('public', 'models', 'objects.safetensors'));
    await build({ root: project.folder, logLevel: 'error' });
    const options = { port: 0, host: '127.0.0.1' };
    const server = await preview({ root: project.folder, logLevel: 'error', preview: options });
    const tab = await browser.newPage();
    const objects: string[] = [];
    tab.on('console', (message) => {
      if (/^\w[\w ]* 0\.\d+ /.test(message.text())) objects.push(message.text());
    });
    try {
      await tab.goto(String(server.resolvedUrls?.local[0]));
      expect(await tab.evaluate('crossOriginIsolated')).toBe(true);
      const inWorker = async () => {
        await tab.setInputFiles('input', project.at('photo.png'));
        return tab.evaluate('askWorker(document.querySelector("input").files[0])');
      };
      await tab.waitForFunction('"askWorker" in window');
      expect(await inWorker()).toHaveLength(expected);
      // The page listens once its model is loaded.
      await expect
        .poll(
          async () => {
            await tab.setInputFiles('input', project.at('photo.png'));
            return objects.length;
          },
          { timeout: 180_000, interval: 2000 },
        )
        .toBeGreaterThanOrEqual(expected);
    } finally {
      await tab.close();
      await server.close();
    }
  });
});
