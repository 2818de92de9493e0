import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { type Finished, type RunOptions, runCli } from '../support/cli-process.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = writeSquares(folder, 6, 1);
const model = await importTiny('mask-v1', folder);
const steps = 10;

const run = {
  train: { data, images: folder },
  validation: { data, images: folder },
  from: model,
  training: {
    steps,
    batchSize: 2,
    checkpointEvery: 1,
    validateEvery: 4,
    emaDecay: 0.9,
    accumulate: 2,
    replicas: 1,
    threads: 1,
    optimizer: { learningRate: 1e-4 },
    augmentation: { rotate: 0.5, crop: 0.3, copyPaste: 0.5 },
  },
};

function configFile(name: string, value: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

const config = configFile('run', run);
const train = (args: readonly string[], options?: RunOptions): Promise<Finished> =>
  runCli(['train', ...args], options);
/** Ctrl-C after the third step. */
const interrupted: RunOptions = {
  onStart: (child) => {
    child.stderr?.on('data', (text: string) => {
      if (text.includes('step 3:')) child.kill('SIGINT');
    });
  },
};
const bytesOf = (out: string, file: string) => readFileSync(join(out, file));

describe('a run', { timeout: 300_000 }, () => {
  const whole = join(folder, 'whole');
  /** Milliseconds of the whole run from its first step on. */
  let duration = 0;

  it('writes models, a checkpoint, metrics and a report', async () => {
    let begun = Date.now();
    const { status, stderr, stdout } = await train(['--config', config, '--out', whole, '--json'], {
      onStart: (child) => {
        child.stderr?.on('data', (text: string) => {
          if (text.includes('training on')) begun = Date.now();
        });
      },
    });
    duration = Date.now() - begun;
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ending: 'finished', step: steps });
    expect(stderr).toContain('the classes differ, so the layers that predict them are re-initialised');
    const files = readdirSync(whole).map((name) => name.replace(/^(events\.out\.tfevents)\..*/, '$1'));
    expect(files.sort()).toEqual([
      'best.safetensors',
      'checkpoint.safetensors',
      'events.out.tfevents',
      'last.safetensors',
      'metrics.jsonl',
      'run.json',
      'training.html',
    ]);
    const lines = readFileSync(join(whole, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const losses = lines.map((line) => JSON.parse(line)).filter((line) => 'loss/total' in line);
    expect(losses.map(({ step }) => step)).toEqual([...Array(steps).keys()]);
    const info = await runCli(['info', join(whole, 'last.safetensors')]);
    expect(info.stdout).toContain('square');
  });

  it('that is killed again and again ends with the same bits', async () => {
    const out = join(folder, 'killed');
    const random = seededRandom(3);
    let kills = 0;
    const mostKills = 4;
    for (let attempt = 0; attempt <= mostKills; attempt++) {
      const begun =
        readdirSync(folder).includes('killed') && readdirSync(out).includes('checkpoint.safetensors');
      const args = begun ? ['--resume', '--out', out] : ['--config', config, '--out', out];
      const { status, stderr } = await train(args, {
        onStart: (child) => {
          // At any moment of the start, of a step or of the writing of a checkpoint, but so early that the run still
          // has something to do when it is killed for the second time.
          const delay = random.integer(Math.ceil(0.4 * duration));
          const kill = () => setTimeout(() => child.kill('SIGKILL'), delay);
          child.stderr?.on('data', (text: string) => {
            if (kills < mostKills && text.includes('training on')) kill();
          });
        },
      });
      if (status === 0) break;
      expect(status, stderr).toBeNull();
      kills++;
    }
    expect(kills).toBeGreaterThan(1);
    for (const file of ['checkpoint.safetensors', 'last.safetensors', 'best.safetensors']) {
      expect(bytesOf(out, file).equals(bytesOf(whole, file)), file).toBe(true);
    }
    expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is saved at Ctrl-C, exits with 0, and can be resumed', async () => {
    const out = join(folder, 'interrupted');
    const { status, stderr, stdout } = await train(['--config', config, '--out', out], interrupted);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^saved at step \d+; resume with: mask-rcnn train --out .* --resume\n$/);
    const resumed = await train(['--out', out, '--resume', '--json']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ ending: 'finished', step: steps });
    expect(bytesOf(out, 'checkpoint.safetensors').equals(bytesOf(whole, 'checkpoint.safetensors'))).toBe(
      true,
    );
  });

  it('that starts from the shipped model takes nothing but a data set, and is finished when resumed', async () => {
    const out = join(folder, 'from-photos');
    const first = await train(['--data', data, '--images', folder, '--steps', '1', '--out', out, '--json']);
    expect(first.stderr).not.toContain('error');
    expect(JSON.parse(first.stdout)).toMatchObject({ ending: 'finished', step: 1 });
    const again = await train(['--out', out, '--resume', '--json']);
    expect(again).toMatchObject({ status: 0, stdout: first.stdout });
  });

  it('computed side by side, interrupted and resumed, ends with the same weights', async () => {
    const out = join(folder, 'replicas');
    const sideBySide = configFile('replicas', { ...run, training: { ...run.training, replicas: 2 } });
    const first = await train(['--config', sideBySide, '--out', out], interrupted);
    expect(first.status, first.stderr).toBe(0);
    const resumed = await train(['--out', out, '--resume', '--json']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ ending: 'finished', step: steps });
    expect(bytesOf(out, 'last.safetensors').equals(bytesOf(whole, 'last.safetensors'))).toBe(true);
  });
});

describe('wrong input is one clear line', { timeout: 120_000 }, () => {
  const dataset = JSON.parse(readFileSync(data, 'utf8'));
  const withData = (name: string, changed: object) =>
    configFile(name, {
      ...run,
      train: { data: configFile(`${name}-data`, { ...dataset, ...changed }), images: folder },
    });

  it.each<[string, () => string, RegExp]>([
    [
      'a misspelt key',
      () => configFile('misspelt', { ...run, training: { stepz: 3 } }),
      /unknown key training\.stepz.*steps/,
    ],
    [
      'more copies than runs',
      () => configFile('replicas-3', { ...run, training: { ...run.training, replicas: 3 } }),
      /training\.replicas: more replicas than passes of an update \(accumulate\)/,
    ],
    ['no pictures', () => withData('empty', { images: [], annotations: [] }), /lists no pictures/],
    [
      'all crowds',
      () =>
        withData('crowds', { annotations: dataset.annotations.map((a: object) => ({ ...a, iscrowd: 1 })) }),
      /annotates no objects except crowds/,
    ],
    [
      'a run that diverges',
      () =>
        configFile('diverging', {
          ...run,
          training: {
            ...run.training,
            accumulate: 1,
            optimizer: { learningRate: 1e12, clipNorm: null },
            schedule: { warmUpSteps: 0 },
          },
        }),
      /diverged at step \d+: (loss_\w+|the gradient) is .* on .*\.png.*checkpoint\.safetensors/,
    ],
  ])('%s', async (name, file, message) => {
    const { status, stderr } = await train(['--config', file(), '--out', join(folder, `wrong ${name}`)]);
    expect(status).toBe(1);
    const lines = stderr.trim().split('\n');
    expect(lines.at(-1)).toMatch(message);
    expect(lines.at(-1)).toMatch(/^mask-rcnn: /);
  });

  it('a broken picture is passed over and named', async () => {
    const pictures = join(folder, 'broken');
    mkdirSync(pictures);
    const path = writeSquares(pictures, 4, 2);
    writeFileSync(join(pictures, '2.png'), 'no picture');
    const broken = configFile('broken-run', {
      ...run,
      train: { data: path, images: pictures },
      validation: null,
      training: { ...run.training, steps: 3 },
    });
    const { status, stderr } = await train(['--config', broken, '--out', join(folder, 'with-broken')]);
    expect(status, stderr).toBe(0);
    expect(stderr.match(/2\.png: is not a picture/g)?.length).toBe(1);
  });

  it('a folder that holds a run is not overwritten', async () => {
    const { status, stderr } = await train(['--config', config, '--out', join(folder, 'whole')]);
    expect(status).toBe(2);
    expect(stderr).toContain('already contains a run');
  });

  it('nothing to resume', async () => {
    const { status, stderr } = await train(['--resume', '--out', join(folder, 'nowhere')]);
    expect(status).toBe(1);
    expect(stderr).toContain('there is no run to resume');
  });
});
