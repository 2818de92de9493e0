import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documentationPages, readPage } from '../support/docs-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...documentationPages()];

describe('the documentation', () => {
  it.each(pages)('%s links to files that exist', (page) => {
    for (const [, target] of readPage(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(root, dirname(page), target)), `${page}: ${target}`).toBe(true);
    }
  });

  it.each(pages)('%s names source files that exist', (page) => {
    for (const [, path] of readPage(page).matchAll(/`((?:src|test|bench|scripts|docs)\/[\w./-]+\.\w+)`/g)) {
      expect(existsSync(join(root, path)), `${page}: ${path}`).toBe(true);
    }
  });
});
