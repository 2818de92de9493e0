import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { exitCodeOf } from '../src/cli/terminal/failure.ts';
import { TestFolder } from '../test/support/folder.ts';
import { runCommand } from '../test/support/run-command.ts';
import { ablationCommand } from './command.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const ablation = (...args: string[]) => runCommand(ablationCommand(), args);

it('writes the table of the existing runs without training', async () => {
  const out = folder.at('studies');
  const { error, stdout } = await ablation('keypoints', '--table', '--seeds', '5,6', '--out', out);
  expect(error).toBeUndefined();
  expect(stdout).toContain('**Not finished:** roipool (all); roialign (all).');
  expect(stdout).toMatch(/^\| roialign \|( – \|){6} 0 \| RoIAlign \| 64\.2 \| 86\.6 \| 69\.7 \|$/m);
  expect(readdirSync(join(out, 'keypoints')).sort()).toEqual(['table.json', 'table.md']);
  expect(existsSync(join(out, 'data'))).toBe(false);
});

it('refuses an unknown study and malformed seeds as wrong usage', async () => {
  const unknown = await ablation('poolrs');
  expect(exitCodeOf(unknown.error)).toBe(2);
  expect(String(unknown.error)).toContain('unknown study poolrs (did you mean poolers?)');
  const seeds = await ablation('poolers', '--seeds', '1,,2');
  expect(exitCodeOf(seeds.error)).toBe(2);
  expect(String(seeds.error)).toContain('Expected whole numbers separated by commas.');
});
