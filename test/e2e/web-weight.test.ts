import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pageFolder } from '../support/built-package.ts';

/** All of the page, its lazily loaded parts too, as a server sends it; ONNX Runtime's `.wasm` is not bundled. */
const mostBytes = 320_000;

function builtFiles(): { name: string; bytes: Buffer }[] {
  return readdirSync(pageFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
}

test('the page weighs at most 320 kB compressed, all of its parts together', () => {
  const sizes = builtFiles().map(({ name, bytes }) => ({ name, size: brotliCompressSync(bytes).length }));
  expect(sizes.length).toBeGreaterThan(4);
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  expect(total, JSON.stringify(sizes)).toBeLessThan(mostBytes);
  // Else nothing of the models' code is in the bundle, and the sum says nothing.
  expect(total).toBeGreaterThan(100_000);
});

test('the first load weighs a fraction of it', () => {
  const html = readFileSync(join(pageFolder, 'index.html'), 'utf8');
  const first = builtFiles().filter(({ name }) => html.includes(name));
  expect(first.length).toBeGreaterThanOrEqual(2);
  const total = first.reduce((sum, { bytes }) => sum + brotliCompressSync(bytes).length, 0);
  expect(total).toBeLessThan(40_000);
});

test('no Node module is imported by what was built', () => {
  for (const { name, bytes } of builtFiles()) {
    if (!name.endsWith('.js')) continue;
    const imported = [...bytes.toString().matchAll(/(?:from|import|require)\s*\(?\s*["'`](node:[^"'`]+)/g)];
    expect(
      imported.map(([, specifier]) => specifier),
      name,
    ).toEqual([]);
  }
});

test('the page has no inline script and no inline style, which its policy forbids', () => {
  const html = readFileSync(join(pageFolder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
});
