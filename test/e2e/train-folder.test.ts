import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFileSource } from '../../src/weights/file-source.ts';
import { readSafetensors } from '../../src/weights/safetensors/reader.ts';
import { writeSafetensors } from '../../src/weights/safetensors/writer.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';
import { type Finished, runCli } from '../support/cli-process.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = writeSquares(folder, 4, 1);
const model = await importTiny('mask-v1', folder);
const config = join(folder, 'run.json');
const run = { train: { data, images: folder }, from: model };
writeFileSync(
  config,
  JSON.stringify({ ...run, training: { steps: 400, batchSize: 1, workers: 1, checkpointEvery: 1 } }),
);

/** Starts a run and calls `then` after its first steps. */
function startedRun(out: string, then: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Finished> {
  return runCli(['train', '--config', config, '--out', out], {
    onStart: (child) => {
      let called = false;
      child.stderr?.on('data', (text: string) => {
        if (called || !text.includes('step 10:')) return;
        called = true;
        then((signal) => child.kill(signal));
      });
    },
  });
}

function lastLine({ stderr }: Finished): string {
  return stderr.trim().split('\n').at(-1) ?? '';
}

describe('the folder of a run', { timeout: 300_000 }, () => {
  const out = join(folder, 'out');

  it('is used by one process at a time; one that was killed leaves nothing in the way', async () => {
    let second: Finished | undefined;
    const first = await startedRun(out, async (kill) => {
      second = await runCli(['train', '--resume', '--out', out]);
      kill('SIGKILL');
    });
    expect(first.status).toBeNull();
    expect(second?.status, second?.stderr).toBe(1);
    expect(second?.stderr).toMatch(
      /^mask-rcnn: .*out: process \d+ is training in this folder; wait until it has ended, or choose another folder\n$/,
    );
    expect(existsSync(join(out, 'training.lock'))).toBe(true);
    writeFileSync(join(out, '.run.json.0123abcd.tmp'), '{');
    const resumed = await runCli(['train', '--resume', '--out', out], {
      onStart: (child) => child.stderr?.once('data', () => child.kill('SIGTERM')),
    });
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(readdirSync(out).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });

  it('holds a saved run after SIGTERM, and nothing was printed by the native runtime', async () => {
    const out = join(folder, 'terminated');
    const { status, stdout, stderr } = await startedRun(out, (kill) => kill('SIGTERM'));
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^saved at step \d+; resume with: /);
    expect(stderr).not.toContain('terminate called');
    expect(readdirSync(join(folder, 'terminated')).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  });
});

describe('a checkpoint that no run wrote is refused in one line', { timeout: 300_000 }, () => {
  type Metadata = Record<string, string>;
  type Tensors = ReturnType<typeof memoryWeights>;

  async function changed(
    name: string,
    change: (metadata: Metadata) => Metadata,
    drop: RegExp,
  ): Promise<string> {
    const copy = join(folder, name);
    cpSync(join(folder, 'terminated'), copy, { recursive: true });
    const path = join(copy, 'checkpoint.safetensors');
    const file = await readSafetensors(await openFileSource(path));
    const kept = await Promise.all(
      file
        .keys()
        .filter((key) => !drop.test(key))
        .map(async (key) => [key, await file.read(key)] as const),
    );
    await file.close();
    const weights: Tensors = memoryWeights(path, new Map(kept));
    await writeSafetensors(path, weights, { metadata: change({ ...file.metadata }) });
    return copy;
  }

  const nothing = /^$/;
  const stateWith = (state: object) => (metadata: Metadata) => ({
    ...metadata,
    state: JSON.stringify({ ...JSON.parse(metadata.state), ...state }),
  });

  it.each<[string, (metadata: Metadata) => Metadata, RegExp, RegExp]>([
    ['training-text', (m) => ({ ...m, training: '{' }), nothing, /its metadata entry training is not JSON/],
    ['training-key', (m) => ({ ...m, training: '{"x": 1}' }), nothing, /: training: .*unknown key x/],
    ['config-text', (m) => ({ ...m, config: 'null' }), nothing, /: config: /],
    ['step', stateWith({ step: -5 }), nothing, /training state: step: /],
    ['best', stateWith({ best: { step: 1 } }), nothing, /training state: best: /],
    [
      'buffers',
      (m) => m,
      /^optimizer\/mean\/.*bias/,
      /its optimizer buffers do not fit the model: \d+ missing/,
    ],
    ['average', (m) => m, /^average\/.*bias/, /its averaged weights do not fit the model: \d+ missing/],
    ['weights', (m) => m, /^roi_heads.*bias/, /its weights do not fit the model: \d+ missing/],
  ])('%s', async (name, change, drop, message) => {
    const out = await changed(name, change, drop);
    const before = readFileSync(join(out, 'checkpoint.safetensors'));
    const resumed = await runCli(['train', '--resume', '--out', out]);
    expect(resumed.status, resumed.stderr).toBe(1);
    expect(lastLine(resumed)).toMatch(/^mask-rcnn: .*checkpoint\.safetensors: /);
    expect(lastLine(resumed)).toMatch(message);
    expect(resumed.stderr).not.toContain('unexpected error');
    expect(readFileSync(join(out, 'checkpoint.safetensors')).equals(before)).toBe(true);
  });
});
