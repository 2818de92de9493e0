import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';

const script = fileURLToPath(new URL('../../scripts/pages-for-npm.ts', import.meta.url));

/** Pages as they are, and as they are packed. */
const pages = {
  'README.md': {
    original:
      '# A\n[中文](README.zh.md)\n\n![A picture](docs/a.png)\n\nSee [the guide](docs/guide.md) or [ours](https://example.org).\n',
    packed: '# A\n\nSee the guide or [ours](https://example.org).\n',
  },
  'README.zh.md': {
    original:
      '[English](README.md)，[指南](docs/guide.md)，[中文指南](docs/zh/guide.md)，[演示](docs/zh/demo.md)\n',
    packed: '[English](README.md)，[指南](docs/guide.md)，[中文指南](docs/zh/guide.md)，演示\n',
  },
  'docs/zh/guide.md': {
    original: '# 指南\n\n[更多](../more.md#part)（英文），[演示](demo.md)，[代码](../../src/a.ts)\n',
    packed: '# 指南\n\n[更多](../more.md#part)（英文），演示，代码\n',
  },
  'docs/guide.md': {
    original:
      '# Guide\n\n<!-- figures: one -->\n<div><figure><img src="a.png"></figure></div>\n<!-- /figures -->\n\n[`code`](../src/a.ts), [more](more.md#part), [here](#here)\n\n```ts\nlist[i](../x.ts);\n```\n',
    packed: '# Guide\n\n`code`, [more](more.md#part), [here](#here)\n\n```ts\nlist[i](../x.ts);\n```\n',
  },
  'docs/more.md': { original: '# More\n', packed: '# More\n' },
};
const names = Object.keys(pages) as (keyof typeof pages)[];

describe('the pages of the npm package', { timeout: 120_000 }, () => {
  const folder = new TestFolder();
  afterAll(() => folder.remove());
  mkdirSync(folder.at('docs/zh'), { recursive: true });
  const manifest = { name: 'a', version: '1.0.0', files: ['docs/*.md', 'docs/zh/*.md', '!docs/zh/demo.md'] };
  writeFileSync(folder.at('package.json'), JSON.stringify(manifest));
  writeFileSync(folder.at('docs/zh/demo.md'), '# 演示\n');
  for (const name of names) writeFileSync(folder.at(name), pages[name].original);

  const run = (...args: string[]) => runProgram(script, args, { cwd: folder.path });
  const texts = () => Object.fromEntries(names.map((name) => [name, readFileSync(folder.at(name), 'utf8')]));
  const all = (kind: 'original' | 'packed') =>
    Object.fromEntries(names.map((name) => [name, pages[name][kind]]));

  it('have no dead links while they are packed, and are then as before', async () => {
    expect((await run()).stderr).toBe('');
    expect(texts()).toEqual(all('packed'));
    expect((await run('--restore')).status).toBe(0);
    expect(texts()).toEqual(all('original'));
    expect(existsSync(folder.at(join('.cache', 'pages-for-npm')))).toBe(false);
  });

  it('are as before after a pack that was interrupted', async () => {
    await run();
    expect((await run()).status).toBe(0);
    expect(texts()).toEqual(all('packed'));
    await run('--restore');
    expect(texts()).toEqual(all('original'));
  });

  it('are not overwritten where they were edited meanwhile', async () => {
    await run();
    const edited = `${pages['docs/more.md'].packed}A new line.\n`;
    writeFileSync(folder.at('docs/more.md'), edited);
    const { status, stderr } = await run('--restore');
    expect(status).toBe(1);
    expect(stderr).toContain(
      'docs/more.md was edited while it was packed; merge .cache/pages-for-npm/docs/more.md',
    );
    expect(readFileSync(folder.at('docs/more.md'), 'utf8')).toBe(edited);
  });
});
