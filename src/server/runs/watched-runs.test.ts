import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runMetricsSchema } from '../api/runs-schemas.ts';
import { WatchedRuns } from './watched-runs.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
const at = (...parts: string[]) => join(folder.path, 'runs', ...parts);
const line = (step: number) => `${JSON.stringify({ step, 'loss/total': 1 / (step + 1) })}\n`;
let runs: WatchedRuns;

beforeEach(() => {
  rmSync(at(), { recursive: true, force: true });
  mkdirSync(at('first'), { recursive: true });
  writeFileSync(at('first', 'metrics.jsonl'), line(0) + line(1));
  runs = new WatchedRuns(at());
});

const steps = ({ metrics }: { metrics: Record<string, number>[] }) => metrics.map(({ step }) => step);

describe('following a run', () => {
  it('returns the complete lines added since the last read', async () => {
    const start = runMetricsSchema.parse(await runs.read('first', { from: 0 }));
    expect(start.metrics).toEqual([
      { step: 0, 'loss/total': 1 },
      { step: 1, 'loss/total': 0.5 },
    ]);
    appendFileSync(at('first', 'metrics.jsonl'), `${line(2)}{"step": 3, "lo`);
    const next = await runs.read('first', { from: start.next, version: start.version });
    expect(steps(next)).toEqual([2]);
    appendFileSync(at('first', 'metrics.jsonl'), 'ss/total": 0.1}\n');
    expect(steps(await runs.read('first', { from: next.next, version: next.version }))).toEqual([3]);
  });

  it('starts over if the file has been rewritten', async () => {
    const start = await runs.read('first', { from: 0 });
    rmSync(at('first', 'metrics.jsonl'));
    // Takes the inode of the old file, so that the new one gets another.
    writeFileSync(at('first', 'other'), '');
    writeFileSync(at('first', 'metrics.jsonl'), line(0) + line(1) + line(2));
    const again = await runs.read('first', { from: start.next, version: start.version });
    expect(again.from).toBe(0);
    expect(steps(again)).toEqual([0, 1, 2]);
  });

  it('reads a long file in parts', async () => {
    writeFileSync(
      at('first', 'metrics.jsonl'),
      Array.from({ length: 40_000 }, (_, step) => line(step)).join(''),
    );
    const seen: number[] = [];
    let place: { from: number; version?: string } = { from: 0 };
    for (let more = true; more; ) {
      const part = await runs.read('first', place);
      seen.push(...steps(part));
      place = { from: part.next, version: part.version };
      more = part.more;
    }
    expect(seen).toHaveLength(40_000);
    expect(seen.at(-1)).toBe(39_999);
  });

  it('skips incomplete lines and values that are not numbers, and reads the plan', async () => {
    writeFileSync(
      at('first', 'metrics.jsonl'),
      `{"step": 0, "loss/tot\n${line(1)}{"step": 2, "note": "x"}\n[]\n`,
    );
    expect((await runs.read('first', { from: 0 })).plan).toBeNull();
    writeFileSync(at('first', 'run.json'), '{"steps": 10, "picturesPerStep": 2, "pictures": 7}');
    const { metrics, plan } = await runs.read('first', { from: 0 });
    expect(metrics).toEqual([{ step: 1, 'loss/total': 0.5 }, { step: 2 }]);
    expect(plan).toEqual({ steps: 10, picturesPerStep: 2, pictures: 7 });
  });
});

describe('the runs', () => {
  it('are folders with a metrics file', async () => {
    mkdirSync(at('empty'));
    mkdirSync(at('.hidden'));
    writeFileSync(at('.hidden', 'metrics.jsonl'), line(0));
    writeFileSync(at('file'), '');
    expect((await runs.list()).map(({ name }) => name)).toEqual(['first']);
  });

  it('are never outside the folder, by path or by link', async () => {
    mkdirSync(join(folder.path, 'secret'), { recursive: true });
    writeFileSync(join(folder.path, 'secret', 'metrics.jsonl'), line(0));
    symlinkSync(join(folder.path, 'secret'), at('linked'));
    mkdirSync(at('half'));
    symlinkSync(join(folder.path, 'secret', 'metrics.jsonl'), at('half', 'metrics.jsonl'));
    expect((await runs.list()).map(({ name }) => name)).toEqual(['first']);
    const names = [
      '..',
      '.',
      '../secret',
      '..\\secret',
      'first/../../secret',
      'linked',
      'half',
      '',
      'a\0b',
      '%2e%2e',
    ];
    for (const name of names) {
      await expect(runs.read(name, { from: 0 }), JSON.stringify(name)).rejects.toThrow('there is no run');
    }
  });
});
