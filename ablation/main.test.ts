import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { TestFolder } from '../test/support/folder.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const main = join(import.meta.dirname, 'main.ts');

function ablation(...args: string[]) {
  return spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...args], {
    encoding: 'utf8',
  });
}

it('writes the table of what is there without training', () => {
  const out = folder.at('studies');
  const { status, stdout } = ablation('keypoints', '--table', '--seeds', '5,6', '--out', out);
  expect(status).toBe(0);
  expect(stdout).toContain('**Not finished:** roipool (all); roialign (all).');
  expect(stdout).toMatch(/^\| roialign \|( – \|){6} 0 \| RoIAlign \| 64\.2 \| 86\.6 \| 69\.7 \|$/m);
  expect(readdirSync(join(out, 'keypoints')).sort()).toEqual(['table.json', 'table.md']);
  expect(existsSync(join(out, 'data'))).toBe(false);
});

it('refuses what it does not know, in one line', () => {
  const unknown = ablation('poolrs');
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain('unknown study poolrs (did you mean poolers?)');
  const seeds = ablation('poolers', '--seeds', '1,,2');
  expect(seeds.status).toBe(2);
  expect(seeds.stderr).toContain('Expected whole numbers separated by commas.');
});
