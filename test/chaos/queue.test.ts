import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import type { ResultLine } from '../../src/predict/result-line.ts';
import { parseQueueAddress } from '../../src/queue/address.ts';
import { connect, disconnect } from '../../src/queue/connection.ts';
import { type RunState, RunStates } from '../../src/queue/run-state.ts';
import { isLong, record, times } from '../support/chaos.ts';
import { runCli } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';
import { QueueWorkers } from '../support/queue-workers.ts';
import { hasRedis, RedisServer } from '../support/redis-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const pictures = times(100, 2000);
const workers = 3;
/** Milliseconds between two kills. */
const killMs = times(2500, 4000);
const damaged = 5;
const preload = pathToFileURL(join(import.meta.dirname, '../support/crash-on-picture.js')).href;

const folder = new TestFolder();
const cwd = folder.path;
/** The lines of one `predict` of all pictures, by file. */
let expected: Map<string, string>;
/** What it said about the damaged ones. */
let expectedErrors: string[];

describe.skipIf(!hasRedis('the queue under kills'))('a queue whose workers and server are killed', () => {
  beforeAll(async () => {
    const model = await importTiny('mask-v1', cwd);
    await writePictures(join(cwd, 'in'));
    const args = ['predict', 'in', '--model', model, '--threads', '1', '--ndjson', '-'];
    const { status, stdout, stderr } = await runCli([...args, '--score', '0.05'], { cwd });
    expect(status, stderr).toBe(1);
    expect(stderr).toContain(`${damaged} of ${pictures} pictures failed`);
    expectedErrors = stderr
      .split('\n')
      .filter((line) => line.includes('in/damaged-'))
      .map(withoutReason);
    const lines = stdout.trimEnd().split('\n');
    expected = new Map(lines.map((line) => [(JSON.parse(line) as ResultLine).file_name, line]));
  });
  afterAll(() => folder.remove());

  test.each(isLong ? [1, 2, 3] : [1])('gives every picture its record (seed %i)', survive, 1_800_000);
});

async function survive(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const out = `out-${seed}`;
  mkdirSync(folder.at(`redis-${seed}`));
  const redis = await RedisServer.start({ folder: folder.at(`redis-${seed}`), durable: true });
  const queue = ['--queue', redis.address];
  const submit = [
    'submit',
    'in',
    '--model',
    folder.at('mask-v1.safetensors'),
    '--score',
    '0.05',
    '--out',
    out,
  ];
  const submitted = await runCli([...submit, ...queue], { cwd });
  expect(submitted.stderr + submitted.stdout).toContain(`${pictures} pictures in`);
  const args = ['--root', cwd, '--threads', '1', '--lost-after', '2', ...queue];
  const crash = isLong ? 'worker' : 'model';
  const fleet = new QueueWorkers(workers, args, { NODE_OPTIONS: `--import ${preload}`, CRASH: crash });
  const client = await connect(parseQueueAddress(redis.address), { onNote: () => {} });
  const states = new RunStates(client);
  let kills = 0;
  let restarted = false;
  let state: RunState | undefined;
  try {
    for (;;) {
      await pause(killMs);
      [state] = await states.all();
      if (state.done === pictures) break;
      fleet.kill(random.integer(workers));
      kills++;
      if (!restarted && state.done > pictures / 3) {
        await redis.restart(1000);
        restarted = true;
      }
    }
    // The same again finds everything done, but for the neighbouring pictures that have an error.
    const again = await runCli([...submit, ...queue], { cwd });
    expect(again.stdout).toMatch(new RegExp(`${pictures} pictures in [12] jobs?$`, 'm'));
  } finally {
    const statuses = await fleet.stop();
    await disconnect(client);
    await redis.stop();
    record({ seed, kills, deaths: fleet.deaths, done: state?.done ?? 0 });
    expect(statuses, fleet.log).toEqual(Array(workers).fill(0));
  }
  expect(restarted).toBe(true);
  await checkRecords(out);
}

/** Each picture has one record, equal to that of `predict`; the errors name their pictures. */
async function checkRecords(out: string): Promise<void> {
  const collected = await runCli(['collect', out, '--ndjson', `${out}.ndjson`, '--json', `${out}.json`], {
    cwd,
  });
  expect(collected.stderr).toContain(`${damaged + 1} of ${pictures} pictures failed`);
  const lines = (await readFile(folder.at(`${out}.ndjson`), 'utf8')).trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as ResultLine);
  expect(records.map(({ image_id }) => image_id)).toEqual(records.map((_, i) => i));
  expect(new Set(records.map(({ file_name }) => file_name)).size).toBe(pictures);
  const failed: ResultLine[] = records.filter((line) => 'error' in line);
  for (const [i, line] of lines.entries()) {
    if (!failed.includes(records[i])) expect(line).toBe(expected.get(records[i].file_name));
  }
  const errors = failed.map((line) => ({
    file_name: line.file_name,
    error: 'error' in line ? line.error : '',
  }));
  expect(errors.filter(({ file_name }) => file_name === 'in/crash.png')).toEqual([
    {
      file_name: 'in/crash.png',
      error: expect.stringMatching(/^in\/crash\.png: \d workers (exited|died) while/),
    },
  ]);
  const others = errors.filter(({ file_name }) => file_name !== 'in/crash.png');
  expect(others.map(({ error }) => withoutReason(`mask-rcnn: ${error}`))).toEqual(expectedErrors);
}

/** Where two damaged pictures are decoded at once, libvips gives the reason of one of them only. */
function withoutReason(error: string): string {
  return error.replace(/ \(.*\)$/, '');
}

async function writePictures(into: string): Promise<void> {
  mkdirSync(into);
  const random = seededRandom(7);
  for (let i = 0; i < pictures; i++) {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, () => random.integer(256));
    const bytes = await sharp(data, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toBuffer();
    if (i < damaged) writeFileSync(join(into, `damaged-${i}.png`), bytes.subarray(0, bytes.length / 2));
    else if (i === damaged) writeFileSync(join(into, 'crash.png'), bytes);
    else writeFileSync(join(into, `${String((i * 7919) % 10_000).padStart(4, '0')}.png`), bytes);
  }
}
