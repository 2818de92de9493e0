import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../src/cli/terminal/format.ts';
import { publishedModels } from '../../src/hub/published.ts';
import { runProgram } from '../support/cli-process.ts';
import { documentationPages, readPage } from '../support/docs-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', 'SECURITY.md', ...documentationPages()];

describe('the documentation', () => {
  it.each(pages)('%s links to files that exist', (page) => {
    for (const [, target] of readPage(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(page), target)), `${page}: ${target}`).toBe(true);
    }
  });

  it('links README.zh.md to the Chinese page where there is one', () => {
    const linked = [...readPage('README.zh.md').matchAll(/\]\(docs\/([\w-]+\.md)\)/g)].map(
      ([, page]) => page,
    );
    expect(linked.length).toBeGreaterThan(5);
    expect(linked.filter((page) => existsSync(join(root, 'docs', 'zh', page)))).toEqual([]);
  });

  it.each(['docs/models.md', 'docs/zh/models.md'])('%s has the published metrics and sizes', (page) => {
    const rows = readPage(page).split('\n');
    for (const { name, ap, meanIou, size } of publishedModels) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      const cells = row.split('|').map((cell) => cell.trim());
      const shown = (value: number | null | undefined) => value?.toFixed(1) ?? '–';
      const metrics = ap ? [ap.box, ap.mask, ap.keypoints].map(shown) : [shown(meanIou)];
      expect(cells.slice(3, -2), `${page}: ${name}`).toEqual(metrics);
      if (size !== null) expect(cells.at(-2)).toBe(formatBytes(size));
    }
    for (const name of ['photos', 'nuclei']) {
      const { size } = statSync(join(root, 'models', `${name}.safetensors`));
      const row = rows.find((line) => line.startsWith(`| [\`${name}\`]`));
      expect(row, `${page}: ${name}`).toContain(`| ${formatBytes(size)} |`);
    }
  });

  it('has tables of all settings that are up to date', async () => {
    const { status, stderr } = await runProgram(join(root, 'scripts/docs-settings.ts'), ['--check']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 180_000);

  it.each(pages)('%s names source files that exist', (page) => {
    for (const [, path] of readPage(page).matchAll(/`((?:src|test|bench|scripts|docs)\/[\w./-]+\.\w+)`/g)) {
      expect(existsSync(join(root, path)), `${page}: ${path}`).toBe(true);
    }
  });
});
