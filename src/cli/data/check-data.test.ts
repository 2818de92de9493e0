import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { tiffStack } from '../../../test/support/tiff-stack.ts';
import { exitCodeOf, ReportedFailure } from '../terminal/failure.ts';
import { checkDataCommand } from './check-data.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const image = { id: 3, width: 40, height: 30, file_name: 'a.png' };
const annotation = { id: 7, image_id: 3, category_id: 1, bbox: [1, 2, 3, 4], area: 12, iscrowd: 0 };
const dataset = { images: [image], categories: [{ id: 1, name: 'x' }], annotations: [annotation] };

const run = (...args: string[]) => runCommand(checkDataCommand(), args);

describe('check-data', () => {
  test('a sound data set: the summary, exit 0', async () => {
    const { stdout, error } = await run(folder.write('good.json', dataset));
    expect(error).toBeUndefined();
    expect(stdout).toBe(
      'warning: segmentation: expected masks, got none in any annotation; only boxes can be trained [no-mask]\n' +
        '1 image (0 without annotations), 1 annotation (0 crowds), 1 category\n' +
        '0 fatal problems, 1 warning: 1 no-mask\n',
    );
  });

  const bad = {
    ...dataset,
    annotations: [
      annotation,
      { ...annotation, image_id: 4 },
      { ...annotation, id: 8, image_id: 5 },
      { ...annotation, id: '9' },
    ],
  };

  test('fatal problems, malformed records among them: one line each, exit 1', async () => {
    const { stdout, error } = await run(folder.write('bad.json', bad), '--images', folder.path);
    expect(error).toBeInstanceOf(ReportedFailure);
    expect(exitCodeOf(error)).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('fatal: annotations[3], image 3: id: expected an integer, got "9" [malformed]');
    expect(lines.filter((line) => line.startsWith('fatal: '))).toHaveLength(4);
    expect(lines.some((line) => line.endsWith('a.png, got no such file [picture-missing]'))).toBe(true);
    expect(lines.at(-2)).toBe(
      '4 fatal problems, 2 warnings: 2 unknown-image, 1 malformed, 1 no-mask, 1 repeated-id, 1 picture-missing',
    );
  });

  test('pages of a stack: --page, unless an image names its own', async () => {
    const stack = { width: 40, height: 30, file_name: 'stack.tif' };
    const page = new Uint8Array(40 * 30);
    folder.write('stack.tif', tiffStack([page, page], stack));
    const images = [
      { ...stack, id: 3 },
      { ...stack, id: 4, page: 2 },
    ];
    const file = folder.write('stack.json', { ...dataset, images });
    const unread = await run(file, '--images', folder.path);
    expect(unread.stdout).toMatch(
      /^fatal: image 3 \(stack\.tif\): .*stack\.tif: has 2 pages; choose one \(page, --page N\).* \[picture-unreadable\]$/m,
    );
    expect(unread.stdout).toContain('\n1 fatal problem, 1 warning: 1 no-mask, 1 picture-unreadable\n');
    const read = await run(file, '--images', folder.path, '--page', '1');
    expect(read.error).toBeUndefined();
    expect(read.stdout).toContain('\n0 fatal problems, 1 warning: 1 no-mask\n');
  });

  test('--json has the same, --limit shortens the list and not the counts', async () => {
    const { stdout } = await run(folder.write('bad.json', bad), '--json', '--limit', '1');
    const { summary, problems } = JSON.parse(stdout);
    expect(summary).toMatchObject({ images: 1, annotations: 3, fatal: 3, byCode: { 'unknown-image': 2 } });
    const unknown = problems.filter(({ code }: { code: string }) => code === 'unknown-image');
    expect(unknown).toEqual([
      {
        code: 'unknown-image',
        severity: 'fatal',
        annotationId: 7,
        imageId: 4,
        message: 'image_id: expected the id of an image, got 4',
      },
    ]);
  });

  test('a file that is not a data set is one error', async () => {
    const { stdout, error } = await run(folder.write('results.json', [{ image_id: 1, score: 0.5 }]));
    expect(stdout).toBe('');
    expect(String(error)).toMatch(/results\.json: this is a results file/);
  });
});
