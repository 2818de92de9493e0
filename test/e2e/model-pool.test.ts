import { getEventListeners } from 'node:events';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Picture } from '../../src/image/picture.ts';
import type { PictureSource } from '../../src/image/picture-source.ts';
import type * as Package from '../../src/index.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { packageFolder } from '../support/built-package.ts';
import { TestFolder } from '../support/folder.ts';
import { workersOf } from '../support/serve-command.ts';
import { importTiny, tinyPath } from '../support/tiny-model.ts';

const entry = pathToFileURL(join(packageFolder, 'dist', 'index.js')).href;
const { createPool, load, InputError, Instance, InstanceMask, PoolError, Prediction, UsageError } =
  (await import(entry)) as typeof Package;

const folder = new TestFolder();
const file = folder.at('picture.png');

let picture: Picture;
let modelFile: string;
let pool: Package.ModelPool;
let expected: Package.Prediction;
beforeAll(async () => {
  const pictures = await openWeights(tinyPath('pictures.safetensors'));
  const { shape, data } = await pictures.read('enlarged');
  await pictures.close();
  picture = { height: shape[0], width: shape[1], data: Uint8Array.from(data as Float32Array) };
  await writeFile(file, encode({ ...picture, channels: 3, depth: 8 }));
  modelFile = await importTiny('mask-v2', folder.path);
  await using model = await load(modelFile);
  expected = await model.predict(file, { score: 0.05 });
  pool = await createPool(modelFile, { workers: 2 });
});
afterAll(async () => {
  await pool.close();
  folder.remove();
});

describe('a pool', () => {
  it('predicts what the model predicts, from every kind of source', async () => {
    expect(expected.instances.length).toBeGreaterThan(2);
    const bytes = await readFile(file);
    const sources: PictureSource[] = [file, bytes, new Blob([bytes]), { ...picture, channels: 3 }];
    for (const prediction of await pool.predict(sources, { score: 0.05 })) {
      expect(prediction).toBeInstanceOf(Prediction);
      expect(JSON.stringify(prediction)).toBe(JSON.stringify(expected));
    }
    expect(await pool.predict([])).toEqual([]);
  });

  it('gives real instances, whose masks can be used', async () => {
    const { instances } = await pool.predict(file, { score: 0.05 });
    instances.forEach((instance, i) => {
      expect(instance).toBeInstanceOf(Instance);
      expect(instance.mask).toBeInstanceOf(InstanceMask);
      expect(instance.mask?.toBitmap()).toEqual(expected.instances[i].mask?.toBitmap());
      expect(pool.config.categories).toContain(instance.category);
    });
  });

  it('takes a minimum score', async () => {
    const score = (expected.instances[1].score + expected.instances[2].score) / 2;
    expect((await pool.predict(file, { score })).instances).toHaveLength(2);
  });

  it('names a picture that cannot be decoded, and goes on', async () => {
    const missing = folder.at('missing.png');
    const failure = await pool.predict([file, missing]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(failure).toMatchObject({ message: `${missing}: no such file`, source: missing });
    expect(await pool.predict(file)).toBeInstanceOf(Prediction);
  });

  it('refuses what it cannot take, here and not in a worker', async () => {
    const wrong = { threshold: 0.5 } as object;
    await expect(pool.predict(file, wrong)).rejects.toThrow(
      new UsageError('predict: unknown option threshold; did you mean score?'),
    );
    await expect(pool.predict(file, { score: 2 })).rejects.toThrow(UsageError);
    await expect(pool.predict({ ...picture, channels: 4 })).rejects.toThrow(/^raw picture: .* bytes, got /);
  });

  it('drops a prediction whose signal is aborted', async () => {
    const controller = new AbortController();
    const runs = [1, 2, 3, 4].map(() => pool.predict(file, { signal: controller.signal }));
    controller.abort(new Error('not needed any more'));
    for (const run of runs) await expect(run).rejects.toThrow('not needed any more');
    expect(await pool.predict(file)).toBeInstanceOf(Prediction);
  });

  it('takes many pictures at once without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    try {
      const { signal } = new AbortController();
      await pool.predict(Array<string>(12).fill(file));
      await Promise.all(Array.from({ length: 12 }, () => pool.predict(file, { signal })));
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    } finally {
      process.off('warning', note);
    }
    expect(warnings).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('a pool whose model is gone', () => {
  it('fails a prediction with the reason, and works again once the model is back', async () => {
    const moved = folder.at('moved.safetensors');
    const own = folder.at('own.safetensors');
    await copyFile(modelFile, own);
    const before = workersOf(process.pid);
    await using lost = await createPool(own);
    const [worker] = workersOf(process.pid).filter((pid) => !before.includes(pid));
    await rename(own, moved);
    process.kill(worker, 'SIGKILL');
    const failure = await lost.predict(file).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PoolError);
    expect(failure).toMatchObject({
      kind: 'no-worker',
      message: `no worker can be started: ${own}: no such file`,
    });
    await rename(moved, own);
    expect(await lost.predict(file)).toBeInstanceOf(Prediction);
  });
});

describe('closing a pool', () => {
  it('fails what has not ended, and every later prediction', async () => {
    const closed = await createPool(modelFile);
    const running = closed.predict(file).catch((error: unknown) => error);
    await Promise.all([closed.close(), closed.close()]);
    expect(await running).toBeInstanceOf(PoolError);
    await expect(closed.predict(file)).rejects.toThrow('the pool was closed; create another one');
    await closed[Symbol.asyncDispose]();
  });
});

describe('creating a pool', () => {
  it.each<[object, string]>([
    [{ workres: 2 }, 'createPool: unknown option workres; did you mean workers?'],
    [{ workers: 0 }, 'createPool: workers should be a whole number of at least 1, got 0'],
    [{ threads: 1.5 }, 'createPool: threads should be a whole number of at least 1, got 1.5'],
    [{ device: 'gpu' }, 'device: expected auto, cpu, webgpu, cuda, dml, coreml; got gpu'],
  ])('with %j is refused', async (options, message) => {
    await expect(createPool('nuclei', options)).rejects.toThrow(new UsageError(message));
  });

  it('of a model that does not exist says so', async () => {
    await expect(createPool('nucle')).rejects.toThrow(/^nucle: neither a file nor .*did you mean nuclei/);
  });

  it('ends when its signal is aborted', async () => {
    const controller = new AbortController();
    const creating = createPool(modelFile, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('too late')), 1);
    await expect(creating).rejects.toThrow('too late');
  });
});
