import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import { load } from '../../src/predict/load.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const names = ['node-script', 'hono-endpoint', 'vite-page', 'webcam-page'];
const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

/**
 * The examples beside the package as it is built and published now. They lie in the repository's own folder for output,
 * where the package's dependencies are found.
 */
let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  mkdirSync(join(root, 'out'), { recursive: true });
  folder = mkdtempSync(join(root, 'out', 'examples-'));
  const made = await node([tsc, '-p', 'tsconfig.build.json', '--outDir', at('mask-rcnn', 'dist')], root);
  expect(made.status, made.stdout + made.stderr).toBe(0);
  cpSync(join(root, 'package.json'), at('mask-rcnn', 'package.json'));
  symlinkSync(join(root, 'models'), at('mask-rcnn', 'models'));
  for (const name of names) {
    cpSync(join(root, 'examples', name), at(name), { recursive: true });
    mkdirSync(at(name, 'node_modules'));
    symlinkSync(at('mask-rcnn'), at(name, 'node_modules', 'mask-rcnn'));
  }
  const { width, height, data } = drawNuclei({ seed: 3, width: 160, height: 120 }).picture;
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  writeFileSync(at('cells.png'), png);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(args: string[], cwd: string): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** What the package's own code finds in the picture. */
async function expectedCount(): Promise<number> {
  const model = await load('nuclei');
  const { instances } = await model.predict(at('cells.png'));
  await model.dispose();
  return instances.length;
}

describe.each(names)('the example %s', (name) => {
  it('fits the types of the package', async () => {
    const { status, stdout } = await node([tsc, '-p', 'tsconfig.json'], at(name));
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('is small, and says how to start it', () => {
    for (const file of readdirSync(join(root, 'examples', name))) {
      const lines = readFileSync(join(root, 'examples', name, file), 'utf8').split('\n').length - 1;
      expect(lines, file).toBeLessThan(80);
    }
    const { dependencies } = JSON.parse(readFileSync(join(root, 'examples', name, 'package.json'), 'utf8'));
    expect(dependencies).toHaveProperty('mask-rcnn');
    expect(readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')).toContain('npm install');
  });
});

describe('running the examples', () => {
  it('counts objects in a script, and names what is no picture', async () => {
    writeFileSync(at('notes.txt'), 'no picture');
    const { status, stdout, stderr } = await node(
      ['count.js', '../cells.png', '../notes.txt'],
      at('node-script'),
    );
    expect(stdout).toBe(`../cells.png: ${await expectedCount()} nucleus\n`);
    expect(stderr).toContain('../notes.txt');
    expect(status).toBe(1);
    expect((await sharp(at('cells.png.overlay.png')).metadata()).format).toBe('png');
  });

  it('answers from the endpoint', async () => {
    const server = spawn(process.execPath, ['server.js'], {
      cwd: at('hono-endpoint'),
      env: { ...process.env, PORT: '0' },
    });
    try {
      const url = await firstLine(server);
      const send = (body: Uint8Array) => fetch(url, { method: 'POST', body: new Uint8Array(body) });
      const response = await send(readFileSync(at('cells.png')));
      const { objects, covered } = (await response.json()) as { objects: number; covered: number };
      expect(objects).toBe(await expectedCount());
      expect(covered > 0 && covered < 0.5).toBe(true);
      expect((await send(new TextEncoder().encode('no picture'))).status).toBe(422);
    } finally {
      server.kill();
    }
  });

  describe.skipIf(!hasChromium('the examples for browsers'))('in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      // A camera that shows a test picture, without a person who allows it.
      browser = await launchChromium([
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
      ]);
    });
    afterAll(() => browser?.close());

    async function withPage(name: string, use: (page: Page) => Promise<void>): Promise<void> {
      mkdirSync(at(name, 'public'));
      symlinkSync(join(root, 'models', 'nuclei.safetensors'), at(name, 'public', 'model.safetensors'));
      await build({ root: at(name), logLevel: 'error' });
      const server = await preview({
        root: at(name),
        logLevel: 'error',
        preview: { port: 0, host: '127.0.0.1' },
      });
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

    it('finds on the page what Node finds', { timeout: 400_000 }, async () => {
      await withPage('vite-page', async (page) => {
        await page.waitForSelector('#status:text("Choose a picture")', { timeout: 180_000 });
        await page.setInputFiles('#picture', at('cells.png'));
        await page.waitForSelector('#status:text("objects in")', { timeout: 180_000 });
        expect(await page.innerText('#status')).toMatch(new RegExp(`^${await expectedCount()} objects in`));
        expect(await page.evaluate('crossOriginIsolated')).toBe(true);
      });
    });

    it('follows the camera', { timeout: 400_000 }, async () => {
      await withPage('webcam-page', async (page) => {
        await page.click('#start');
        await page.waitForSelector('#status:text("frames a second")', { timeout: 180_000 });
        expect(await page.evaluate('document.querySelector("#canvas").width')).toBe(640);
      });
    });
  });
});

function firstLine({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('\n')) resolve(said.split('\n')[0]);
    });
    stderr?.on('data', (chunk: Buffer) => reject(new Error(String(chunk))));
  });
}
