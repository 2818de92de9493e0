import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliPath } from '../support/built-package.ts';

const root = new URL('../../', import.meta.url).pathname;
let folder = '';
const file = (name: string) => join(folder, name);

const truth = {
  images: [{ id: 1, width: 100, height: 100, file_name: '1.png' }],
  categories: [{ id: 1, name: 'cell' }],
  annotations: [
    { id: 1, image_id: 1, category_id: 1, bbox: [10, 10, 20, 20], area: 400, iscrowd: 0 },
    { id: 2, image_id: 1, category_id: 1, bbox: [60, 60, 20, 20], area: 400, iscrowd: 0 },
  ],
};
const results = [{ image_id: 1, category_id: 1, bbox: [10, 10, 20, 20], score: 0.9 }];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coco-eval-'));
  writeFileSync(file('gt.json'), JSON.stringify(truth));
  writeFileSync(file('dt.json'), JSON.stringify(results));
  writeFileSync(file('other.json'), JSON.stringify([{ ...results[0], image_id: 2 }]));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  return spawnSync(process.execPath, [cliPath, 'coco-eval', ...args], { cwd: root, encoding: 'utf8' });
}

describe('mask-rcnn coco-eval', () => {
  it('prints only the metrics as JSON on stdout', () => {
    const { status, stdout } = run(
      '--gt',
      file('gt.json'),
      '--dt',
      file('dt.json'),
      '--type',
      'bbox',
      '--json',
      '-',
    );
    expect(status).toBe(0);
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ type: 'bbox', perCategory: [{ id: 1, name: 'cell' }] });
    expect(printed.stats).toHaveLength(12);
    // One of two found: precision 1 up to recall 0.5, 51 of 101 points.
    expect(printed.stats[0]).toBeCloseTo(51 / 101, 12);
  });

  it('names the file of an annotation without a mask or with a damaged one, and the remedy', () => {
    const masks = run('--gt', file('gt.json'), '--dt', file('dt.json'));
    expect(masks.status).toBe(1);
    expect(masks.stderr.trimEnd().split('\n').at(-1)).toBe(
      `mask-rcnn: ${file('gt.json')}: annotation 1 has no segmentation; compare boxes with --type bbox`,
    );
    const annotations = truth.annotations.map((annotation) => ({
      ...annotation,
      segmentation: { size: [10, 10], counts: [100] },
    }));
    writeFileSync(file('damaged.json'), JSON.stringify({ ...truth, annotations }));
    const damaged = run('--gt', file('damaged.json'), '--dt', file('dt.json'));
    expect(damaged.status).toBe(1);
    expect(damaged.stderr.trimEnd().split('\n').at(-1)).toBe(
      `mask-rcnn: ${file('damaged.json')}: annotation 1: segmentation: expected an RLE of height 100 and width 100, got 10 and 10`,
    );
  });

  it('prints the table and draws the plot', () => {
    const { status, stdout } = run(
      ...[
        '--gt',
        file('gt.json'),
        '--dt',
        file('dt.json'),
        '--type',
        'bbox',
        '--per-class',
        '--plot',
        file('plot.svg'),
      ],
    );
    expect(status).toBe(0);
    expect(stdout).toContain(
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.505',
    );
    expect(stdout).toMatch(/\ncell {2}/);
    expect(readFileSync(file('plot.svg'), 'utf8')).toMatch(/^<svg/);
  });

  it('writes a report that compares two models, and its figures as JSON', () => {
    const better = truth.annotations.map(({ bbox }) => ({ ...results[0], bbox }));
    writeFileSync(file('better.json'), JSON.stringify(better));
    const { status, stdout, stderr } = run(
      ...[
        '--gt',
        file('gt.json'),
        '--dt',
        file('dt.json'),
        '--compare',
        file('better.json'),
        '--type',
        'bbox',
      ],
      ...['--report', file('report.html'), '--lang', 'zh', '--json', file('report.json')],
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('Cost of errors in AP at IoU 0.5: missed 0.495,');
    expect(stdout).toMatch(/AP of better\.json: 1\.000, \+0\.495 \(95 % interval \+0\.495 to \+0\.495\)/);
    expect(stdout).toMatch(/report\.html: 1 picture, /);
    const html = readFileSync(file('report.html'), 'utf8');
    expect(html).toContain('dt.json 与 better.json 的对比');
    expect(html).toContain('代价最大的错误：漏检');
    const { stats, errors, compare } = JSON.parse(readFileSync(file('report.json'), 'utf8'));
    expect(errors).toMatchObject({ iou: 0.5, pictures: 1, objects: 2, verdict: { kind: 'missed' } });
    expect(errors.ap.value).toBeCloseTo(stats[0], 12);
    expect(compare.comparison.found).toEqual({ both: 1, onlyA: 0, onlyB: 1, neither: 0 });
  });

  it.each<[string, number, string[], RegExp]>([
    ['an unknown image', 1, ['--gt', 'gt.json', '--dt', 'other.json'], /the ground truth has no image 2/],
    ['ground truth as results', 1, ['--gt', 'gt.json', '--dt', 'gt.json'], /this is a COCO data set/],
    ['results as ground truth', 1, ['--gt', 'dt.json', '--dt', 'dt.json'], /this is a results file/],
    [
      'a wrong type',
      2,
      ['--gt', 'gt.json', '--dt', 'dt.json', '--type', 'boxes'],
      /Allowed choices are bbox/,
    ],
    [
      'a wrong plot',
      2,
      ['--gt', 'gt.json', '--dt', 'dt.json', '--plot', 'plot.gif'],
      /ends in \.svg or \.png/,
    ],
    [
      'a report on keypoints',
      2,
      ['--gt', 'gt.json', '--dt', 'dt.json', '--type', 'keypoints', '--report', 'report.htm'],
      /--report compares masks or boxes: use --type segm or --type bbox/,
    ],
  ])('refuses %s in one line, exit %i', (_name, status, args, message) => {
    const run1 = run(...args.map((arg) => (arg.endsWith('.json') ? file(arg) : arg)));
    const lines = run1.stderr.split('\n').filter((line) => line.startsWith('mask-rcnn: '));
    expect(run1.status).toBe(status);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(message);
    expect(run1.stdout).toBe('');
  });
});
