import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOf } from '../support/api-examples.ts';
import { compilerPath, packageFolder } from '../support/built-package.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';
import { writeSquares } from '../support/square-pictures.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Those that Node runs too are tested there. */
const inNode = new Map(examplesOf('src/index.ts').map(({ name, code }) => [name, code]));
const examples = examplesOf('src/browser.ts').filter(({ name, code }) => inNode.get(name) !== code);

it.each(examples)('$name has an example for browsers', ({ code }) => {
  expect(code).toMatch(/from 'mask-rcnn\/browser'/);
});

describe.skipIf(!hasChromium('the examples of the API'))('the examples of the API in Chromium', () => {
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'browser-examples-'));
  const models = new TestFolder();
  const at = (...parts: string[]) => join(folder, ...parts);
  let browser: Browser;
  let server: PreviewServer;

  beforeAll(async () => {
    for (const name of ['node_modules', 'public', 'public/models']) mkdirSync(at(name));
    // Without it, the folder would belong to the repository, whose name is the package's.
    writeFileSync(at('package.json'), JSON.stringify({ type: 'module' }));
    symlinkSync(packageFolder, at('node_modules', 'mask-rcnn'), 'junction');
    symlinkSync(await writeSmallNuclei(models), at('public', 'models', 'nuclei.safetensors'));
    writeSquares(at('public'), 1, 1);
    symlinkSync(at('public', '1.png'), at('public', 'photo.jpg'));
    for (const { name, code } of examples) {
      writeFileSync(at(`${name}.ts`), `${code}\n`);
      const start = `import('./${name}.ts').then(() => document.title = 'done', (e) => document.title = String(e))`;
      writeFileSync(at(`${name}.html`), `<!doctype html><script type="module">${start}</script>\n`);
    }
    const input = examples.map(({ name }) => at(`${name}.html`));
    await build({ root: folder, logLevel: 'error', build: { target: 'es2022', rollupOptions: { input } } });
    server = await preview({ root: folder, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true });
    models.remove();
  });

  it('compile under strict', () => {
    const compilerOptions = {
      strict: true,
      target: 'es2022',
      lib: ['es2023', 'dom'],
      module: 'esnext',
      moduleResolution: 'bundler',
      types: [],
      noEmit: true,
    };
    writeFileSync(at('tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { stdout } = spawnSync(process.execPath, [compilerPath, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it.each(examples)('$name runs', { timeout: 300_000 }, async ({ name }) => {
    const page = await browser.newPage();
    await page.goto(new URL(`${name}.html`, server.resolvedUrls?.local[0]).href);
    await page.waitForFunction('document.title !== ""', undefined, { timeout: 240_000 });
    expect(await page.title()).toBe('done');
    await page.close();
  });
});
