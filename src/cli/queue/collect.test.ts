import { readFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { shardHeader } from '../../queue/shards.ts';
import { collectCommand } from './collect.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

async function collect(...args: string[]) {
  const { error, ...printed } = await runCommand(collectCommand(), args);
  return { ...printed, message: error instanceof Error ? error.message : undefined };
}

function lineOf(position: number): string {
  const place = { file_name: `${position}.png`, image_id: position, model: 'm' };
  return `${JSON.stringify({ ...place, width: 1, height: 1, instances: [] })}\n`;
}

/** The file of a half of four pictures. */
function half(index: number, lines = [0, 1].map((i) => lineOf(2 * index - 2 + i)).join('')): string {
  const header = JSON.stringify(shardHeader({ index, of: 2 }, 4, 'm'));
  return folder.write(`part-${index}.ndjson`, `${header}\n${lines}`);
}

test('an output that is one of the inputs is refused', async () => {
  const parts = [half(1), half(2)];
  for (const option of ['--json', '--ndjson']) {
    const before = readFileSync(parts[0], 'utf8');
    const { message } = await collect(...parts, option, parts[0]);
    expect(message).toBe(
      `${option} would replace ${parts[0]}, which this command reads as ${parts[0]}; choose another place`,
    );
    expect(readFileSync(parts[0], 'utf8')).toBe(before);
  }
  const run = folder.write('results/run.json', '{}');
  expect((await collect(folder.at('results'), '--json', run)).message).toContain('would replace');
  const out = folder.at('out.json');
  expect((await collect(...parts, '--json', out, '--ndjson', out)).message).toContain(
    '--json and --ndjson would both write',
  );
});

test.each([
  ['a line was cut off', `${lineOf(2)}{"file_name":"3.p`],
  ['lines are missing', lineOf(2)],
])('a part of which %s was interrupted', async (_, lines) => {
  const parts = [half(1), half(2, lines)];
  expect((await collect(...parts, '--ndjson', '-')).message).toBe(
    `${parts[1]}: was interrupted after 1 of 2 pictures; run its predict again with --resume, or merge what is done with --partial`,
  );
  const { stdout, stderr, message } = await collect(...parts, '--ndjson', '-', '--partial');
  expect({ stdout, stderr, message }).toEqual({
    stdout: lineOf(0) + lineOf(1) + lineOf(2),
    stderr: 'warning: 1 of 4 pictures have no result yet, left out\n',
    message: undefined,
  });
  // Of a part that was done again, the other file has the rest.
  const again = folder.write('again.ndjson', readFileSync(half(2), 'utf8'));
  half(2, lines);
  expect((await collect(parts[1], again, parts[0], '--ndjson', '-')).stdout.split('\n')).toHaveLength(5);
});

test.each(['', '{"shard":"2/2","st'])(
  'a part that ends in its first line, %o, was interrupted',
  async (text) => {
    const parts = [half(1), folder.write('begun.ndjson', text)];
    expect((await collect(...parts, '--ndjson', '-')).message).toContain(
      'begun.ndjson: was interrupted before its first picture; run its predict again with --resume',
    );
    const { stdout, stderr } = await collect(...parts, '--ndjson', '-', '--partial');
    expect(stdout).toBe(lineOf(0) + lineOf(1));
    expect(stderr).toContain('2 of 4 pictures have no result yet');
    expect((await collect(parts[1], parts[1], '--ndjson', '-', '--partial')).message).toContain(
      'was interrupted before',
    );
  },
);

test('a damaged line is not an interruption', async () => {
  expect((await collect(half(1), half(2, '{"file\n'), '--ndjson', '-', '--partial')).message).toContain(
    'part-2.ndjson: is not JSON',
  );
});

test('several folders of results are refused', async () => {
  const out = folder.at('results');
  expect((await collect(out, out, '--ndjson', '-')).message).toBe(
    `${out} is the --out of a submit, of which collect takes one at a time; several results are files of predict --shard`,
  );
});
