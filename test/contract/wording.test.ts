import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Phrases that once stood in documentation, messages or the page, and have better replacements. */
const avoided = [
  'proves it|gives torchvision|no CUDA tool-kit|a heap of everyday|start of the process to the first|The way of a picture',
  'is its oracle|Give it a narrow form|from which on|give way to the usual|which is much for|The time goes with',
  'badly busy|for who follows|says how wrong|is no finite|mend the program|what is no HTTP|no picture by its type',
  'in turns|told by their names|one that shows much|takes any that is free|address to listen at|time for an answer',
  'of all that is random|go on with|results that are there|what is compared|as the nuclei field|turn weights of',
  'holds weights of another tool|cannot be made a folder|the command for it is|is no FCN|is wanted, but',
  'takes no more requests|nothing is at /|prediction was lost|The model looks at|Click into|least score',
  'Colours on all pages|is told in words|to and fro|from nothing|anew|so many|is told|is asked',
  '如何看|都跟随|正在跟随|可以跟随|所跟随|跟随什么|跟随图片|让位|舍去|修正量|格子|统一大小|抢走|粗特征图|最好的|一处都不',
  'figures of an evaluation|figures? equal to|run lengths?|licence, figures',
  '取用的|class、box|Mask分支|那一份|所占的份|移动后裁剪|整数的例子|共用一条|扩充了数据',
].flatMap((line) => line.split('|'));

/** In what users read: COCO and the commands say keypoints. */
const avoidedForUsers = /\bjoints?\b/i;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Lines of files under version control. @param patterns Which files, for Git. */
function linesOf(...patterns: string[]): { place: string; line: string }[] {
  const paths = execFileSync('git', ['ls-files', ...patterns], { cwd: root, encoding: 'utf8' }).split('\n');
  return paths
    .filter((path) => path !== '' && !path.endsWith('wording.test.ts'))
    .flatMap((path) =>
      readFileSync(`${root}${path}`, 'utf8')
        .split('\n')
        .map((line, i) => ({ place: `${path}:${i + 1}`, line: line.trim() })),
    );
}

it('uses none of the phrases to avoid', () => {
  const pattern = new RegExp(
    avoided.map((phrase) => (/^\w/.test(phrase) ? `\\b${phrase}\\b` : phrase)).join('|'),
    'i',
  );
  const lines = linesOf('*.md', '*.ts', '*.tsx', '*.mjs', '*.py');
  expect(lines.length).toBeGreaterThan(50_000);
  expect(lines.filter(({ line }) => pattern.test(line))).toEqual([]);
});

it('calls keypoints by their name in what users read', () => {
  const lines = linesOf(
    'docs/*.md',
    'README*.md',
    'src/cli/*.ts',
    'src/server/api/*.ts',
    'web/words/*',
    'src/vis/report/text-*.ts',
  );
  expect(lines.length).toBeGreaterThan(3_000);
  expect(lines.filter(({ line }) => avoidedForUsers.test(line))).toEqual([]);
});
