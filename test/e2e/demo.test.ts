import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';

const demo = fileURLToPath(new URL('../../examples/demo/demo.ts', import.meta.url));
const folder = new TestFolder();
afterAll(() => folder.remove());

describe('the demo', async () => {
  const out = folder.at('out');
  // Another seed than the default one; the models that ship are all that it needs.
  const run = await runProgram(demo, ['--seed', '21', '--out', out], { env: { MASK_RCNN_OFFLINE: '1' } });

  it('ends well', () => {
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });

  it.each([
    ['objects', 0.5],
    ['nuclei', 0.7],
  ])('finds most of the drawn %s, and prints them', (plural, least) => {
    const [, found, drawn] = new RegExp(`(\\d+) of (\\d+) drawn ${plural} were found`).exec(run.stdout)!;
    expect(Number(drawn)).toBeGreaterThan(2);
    expect(Number(found) / Number(drawn)).toBeGreaterThan(least);
    expect(run.stdout).toMatch(/^ {2}1 {2}\w+ .* \d+ px {2}0\.\d\d$/m);
  });

  // Small pictures are drawn twice as large, for their labels.
  it.each([
    ['scene.png', 1024, 768],
    ['nuclei.png', 768, 512],
  ])('writes %s', async (file, width, height) => {
    expect(await sharp(folder.at(`out/${file}`)).metadata()).toMatchObject({ width, height });
  });
});
