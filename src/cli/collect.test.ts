import { readFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { shardHeader } from '../queue/shards.ts';
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
