import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';

const demo = fileURLToPath(new URL('../../examples/demo/demo.ts', import.meta.url));
const pictures = fileURLToPath(new URL('../../examples/demo/pictures/', import.meta.url));
const photographs = readdirSync(pictures).filter((name) => name.endsWith('.jpg'));
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

  it('finds something in the photographs, and prints it', () => {
    const found = photographs.map((name) => new RegExp(`^${name}: (\\d+) found in `, 'm').exec(run.stdout));
    expect(found.every((line) => line !== null)).toBe(true);
    expect(found.reduce((sum, line) => sum + Number(line?.[1]), 0)).toBeGreaterThan(0);
    expect(run.stdout).toMatch(/^class +score +mask\n\w[\w ]+ {2}0\.\d\d +\d+ px$/m);
  });

  it('finds most of the drawn nuclei, and prints them', () => {
    const [, found, drawn] = /(\d+) of (\d+) drawn nuclei were found/.exec(run.stdout)!;
    expect(Number(drawn)).toBeGreaterThan(2);
    expect(Number(found) / Number(drawn)).toBeGreaterThan(0.7);
    expect(run.stdout).toMatch(/^ *0\.\d\d {2}[\d. ]+ \d+ px {2}0\.\d\d$/m);
  });

  // Small pictures are drawn larger, for their labels.
  it.each([...photographs, 'nuclei.png'])('writes the overlay of %s', async (name) => {
    const { width, format } = await sharp(join(out, `${parse(name).name}.png`)).metadata();
    expect(format).toBe('png');
    expect(width).toBeGreaterThan(500);
  });
});

it.each(photographs)('%s is small, and its source is credited', async (name) => {
  const bytes = readFileSync(join(pictures, name));
  expect(bytes.length).toBeLessThan(100_000);
  const { exif, iptc, xmp } = await sharp(bytes).metadata();
  expect([exif, iptc, xmp]).toEqual([undefined, undefined, undefined]);
  const credits = readFileSync(join(pictures, 'CREDITS.md'), 'utf8');
  expect(credits).toMatch(
    new RegExp(`^\\| \`${name}\` \\|.*staticflickr\\.com.* \\| \\d+ \\| CC BY 2\\.0 \\|$`, 'm'),
  );
});
