import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { outputPaths } from './output-paths.ts';
import { refuseOverwriting } from './overwrite.ts';

const folder = mkdtempSync(join(tmpdir(), 'overwrite-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
for (const name of ['a.png', 'other.json']) writeFileSync(at(name), 'x');
symlinkSync(at('a.png'), at('symbolic.json'));
linkSync(at('a.png'), at('hard.json'));

test.each(['a.png', 'symbolic.json', 'hard.json', '../a.png'])('%s is the input', async (name) => {
  const path = name.startsWith('..') ? join(folder, 'nowhere', name) : at(name);
  await expect(refuseOverwriting([{ option: '--json', path }], ['model', at('a.png')])).rejects.toThrow(
    `--json would replace ${path}, which this command reads as ${at('a.png')}; choose another place`,
  );
});

test('other files, stdout, missing files and absent options are none', async () => {
  const outputs = [at('other.json'), '-', at('missing'), undefined].map((path) => ({
    option: '--json',
    path,
  }));
  await refuseOverwriting(outputs, [at('a.png'), undefined, at('missing')]);
});

test('an overlay that is a link to a picture', async () => {
  symlinkSync(at('a.png'), at('b.png'));
  writeFileSync(at('b.jpg'), 'x');
  await expect(
    outputPaths(
      ['a.png', 'b.jpg'].map((name) => ({ path: at(name), name })),
      folder,
      { option: '--out', ending: '.png' },
    ),
  ).rejects.toThrow('would replace');
});
