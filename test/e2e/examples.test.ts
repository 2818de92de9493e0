import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilerPath } from '../support/built-package.ts';
import { ExamplesCopy, examplesFolder } from '../support/examples.ts';

const names = ['node-script', 'hono-endpoint', 'vite-page', 'webcam-page'];
const examples = new ExamplesCopy(names);

beforeAll(() => examples.drawPicture());
afterAll(() => examples.remove());

describe.each(names)('the example %s', (name) => {
  it('fits the types of the package', async () => {
    const { status, stdout } = await examples.node([compilerPath, '-p', 'tsconfig.json'], name);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('is small, and has instructions', () => {
    const folder = join(examplesFolder, name);
    for (const file of readdirSync(folder)) {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n').length - 1;
      expect(lines, file).toBeLessThan(80);
    }
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(dependencies).toHaveProperty('mask-rcnn');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('npm install');
  });
});

describe('running the examples', () => {
  it('counts objects in a script, and names files that are not pictures', async () => {
    writeFileSync(examples.at('notes.txt'), 'not a picture');
    const args = ['count.js', '../cells.png', '../notes.txt'];
    const { status, stdout, stderr } = await examples.node(args, 'node-script');
    expect(stdout).toBe(`../cells.png: ${await examples.expectedCount()} nucleus\n`);
    expect(stderr).toContain('../notes.txt');
    expect(status).toBe(1);
    expect((await sharp(examples.at('cells.png.overlay.png')).metadata()).format).toBe('png');
  });

  it('answers from the endpoint', async () => {
    const server = spawn(process.execPath, ['server.js'], {
      cwd: examples.at('hono-endpoint'),
      env: { ...process.env, PORT: '0' },
    });
    try {
      const url = await firstLine(server);
      const send = (body: Uint8Array) => fetch(url, { method: 'POST', body: new Uint8Array(body) });
      const response = await send(readFileSync(examples.at('cells.png')));
      const { objects, covered } = (await response.json()) as { objects: number; covered: number };
      expect(objects).toBe(await examples.expectedCount());
      expect(covered > 0 && covered < 0.5).toBe(true);
      expect((await send(new TextEncoder().encode('not a picture'))).status).toBe(422);
    } finally {
      server.kill();
    }
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
