import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../src/config/parse.ts';
import { parseSemanticConfig } from '../../src/config/semantic.ts';
import { parseRunConfig } from '../../src/config/training.ts';
import { readOverrides } from '../../src/import/config-file.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the documentation', () => {
  it.each(pages)('%s links to files that exist', (page) => {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(page), target)), `${page}: ${target}`).toBe(true);
    }
  });

  it.each(pages)('%s names source files that exist', (page) => {
    for (const [, path] of read(page).matchAll(/`((?:src|test|bench|scripts|docs)\/[\w./-]+\.\w+)`/g)) {
      expect(existsSync(join(root, path)), `${page}: ${path}`).toBe(true);
    }
  });

  it('shows configurations that the importer accepts, and one of FCN', () => {
    const [detector, fcn, torchvision, ...more] = jsonBlocks('docs/configuration.md');
    expect(more).toEqual([]);
    expect(() => parseModelConfig('docs', detector)).not.toThrow();
    expect(detector).toMatchObject({ kind: 'detector' });
    expect(() => parseSemanticConfig('docs', fcn)).not.toThrow();
    expect(fcn).toMatchObject({ kind: 'fcn' });
    for (const block of [detector, torchvision]) expect(() => readOverrides('docs', block)).not.toThrow();
  });

  it('shows a training run that the trainer accepts', () => {
    const blocks = jsonBlocks('docs/train-your-own.md');
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(() => parseRunConfig('docs', block)).not.toThrow();
  });
});

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function jsonBlocks(page: string): unknown[] {
  return [...read(page).matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text));
}
