import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseModelConfig } from '../config/parse.ts';
import { UsageError } from '../core/errors.ts';
import type { Picture } from '../image/picture.ts';
import { resizedSize } from '../image/transform.ts';
import { currentKey } from '../import/torchvision/legacy-names.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { openWeights } from '../weights/open-weights.ts';
import { renamedWeights } from '../weights/weight-file.ts';
import { compileModel } from './compile.ts';
import { compileExplainer } from './explain/explainer.ts';
import type { Sessions } from './graph-stages.ts';
import { Model } from './model.ts';

const golden = (name: string) =>
  fileURLToPath(new URL(`../../test/golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')) as {
  models: Record<string, { config: unknown; weights: string }>;
};
const config = parseModelConfig('mask-v2', models['mask-v2'].config);

async function source() {
  return renamedWeights(await openWeights(golden(models['mask-v2'].weights)), currentKey);
}

async function loadTiny(): Promise<Model<Picture>> {
  const weights = await source();
  const sessions = await compileModel(config, weights, nodeRuntime, { threads: 1 });
  await weights.close();
  return new Model(config, sessions, async (picture: Picture) => picture);
}

let picture: Picture;
beforeAll(async () => {
  const pictures = await openWeights(golden('pictures.safetensors'));
  const { shape, data } = await pictures.read('enlarged');
  await pictures.close();
  picture = { height: shape[0], width: shape[1], data: Uint8Array.from(data as Float32Array) };
});

describe('a prediction', () => {
  let model: Model<Picture>;
  beforeAll(async () => {
    model = await loadTiny();
  });
  afterAll(() => model.dispose());

  it('is of one picture or of a list, also where only the caller of a caller knows which', async () => {
    const counted = async (given: Picture | readonly Picture[]) => {
      const found = await model.predict(given, { score: 0.05 });
      return Array.isArray(found) ? found.length : 'one';
    };
    expect([await counted(picture), await counted([picture])]).toEqual(['one', 1]);
  });

  it('of each letter of a path is refused', async () => {
    await expect(model.predictEach('a.png' as never).next()).rejects.toThrow(
      new UsageError('predictEach: expected a list of pictures, got a.png'),
    );
  });

  it('ends between two stages when its signal is aborted', async () => {
    const stages: string[] = [];
    const controller = new AbortController();
    const observe = (stage: string) => {
      stages.push(stage);
      if (stage === 'proposals') controller.abort(new Error('enough'));
    };
    const { signal } = controller;
    await expect(model.predict(picture, { observe, signal })).rejects.toThrow('enough');
    expect(stages).toEqual(['input', 'pyramid', 'rpn', 'proposals']);
    // The model can still be used.
    expect((await model.predict(picture, { score: 0.05 })).instances.length).toBeGreaterThan(0);
  });

  it('does not start when its signal was aborted before', async () => {
    const stages: string[] = [];
    const options = { observe: (stage: string) => void stages.push(stage), signal: AbortSignal.abort() };
    await expect(model.predict(picture, options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(stages).toEqual([]);
  });

  it('ends at once when its signal is aborted while it waits for a picture or a source', async () => {
    const never = new Promise<never>(() => {});
    const stalled = new Model(config, {} as Sessions, () => never);
    const controller = new AbortController();
    const { signal } = controller;
    async function* sources() {
      yield await never;
    }
    const runs = [stalled.predict('a', { signal }), model.predictEach(sources(), { signal }).next()];
    const waiting = runs.map((run) => expect(run).rejects.toThrow('enough'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new Error('enough'));
    await Promise.all(waiting);
  });

  it('of one of many pictures is given while the next source is still awaited', async () => {
    let next = () => {};
    async function* sources() {
      yield picture;
      await new Promise<void>((resolve) => {
        next = resolve;
      });
      yield picture;
    }
    const indices: number[] = [];
    for await (const { index } of model.predictEach(sources())) {
      indices.push(index);
      next();
    }
    expect(indices).toEqual([0, 1]);
  });

  it('returns at most as many instances as chosen, of the chosen classes, and counts the others', async () => {
    const all = await model.predict(picture, { score: 0.05, maxDetections: 1000 });
    const found = all.instances.length;
    expect([found > 3, all.omitted]).toEqual([true, 0]);
    const some = await model.predict(picture, { score: 0.05, maxDetections: 3 });
    expect(some.instances.map(({ score }) => score)).toEqual(
      all.instances.slice(0, 3).map(({ score }) => score),
    );
    expect(some.omitted).toBe(found - 3);
    const { category } = all.instances[3];
    const ofClass = await model.predict(picture, {
      score: 0.05,
      maxDetections: 1000,
      classes: [category.name],
    });
    const expected = all.instances.filter((instance) => instance.category.name === category.name);
    expect(ofClass.instances.map(({ box }) => box)).toEqual(expected.map(({ box }) => box));
    await expect(model.predict(picture, { classes: ['x'] })).rejects.toThrow(
      'classes: the model has no class x',
    );
  });

  it('resizes the picture as chosen', async () => {
    let size = {};
    const observe = (stage: string, record: unknown) => {
      if (stage === 'input') size = record as object;
    };
    await model.predict(picture, { minSize: 40, observe });
    expect(size).toMatchObject(resizedSize(picture, { minSize: 40, maxSize: 1000 }));
  });

  it('with one tile finds what it finds in the picture at that scale', async () => {
    const size = Math.max(picture.width, picture.height);
    const scale = 64 / Math.min(picture.width, picture.height);
    const progress: [number, number][] = [];
    const onTile = (done: number, total: number) => progress.push([done, total]);
    const tiled = await model.predict(picture, { score: 0.05, tile: { size, scale }, onTile });
    const whole = await model.predict(picture, { score: 0.05, minSize: 64, maxSize: 1000 });
    expect(whole.instances.length).toBeGreaterThan(3);
    expect(tiled.instances.map(({ score, box }) => [score, box])).toEqual(
      whole.instances.map(({ score, box }) => [score, box]),
    );
    expect(tiled.tiles).toEqual({ side: size, overlap: 0.2, scale });
    expect(progress).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('refuses tiles that are out of range', async () => {
    await expect(model.predict(picture, { tile: 10 })).rejects.toThrow(
      'tile should be auto or a whole number from 32 to 65536, got 10',
    );
    await expect(model.predict(picture, { tile: { size: 64, overlap: 1 } })).rejects.toThrow(
      "the tiles' overlap should lie between 0 and 0.9, got 1",
    );
  });

  it('refuses an option that does not exist', async () => {
    const wrong = { threshold: 0.5 } as object;
    const message = 'predict: unknown option threshold; did you mean score?';
    await expect(model.predict(picture, wrong)).rejects.toThrow(message);
    await expect(model.predictEach([picture], wrong).next()).rejects.toThrow(message);
  });
});

describe('a disposed model', () => {
  it('waits for running predictions, refuses further ones, and can be disposed again', async () => {
    const model = await loadTiny();
    const running = model.predict(picture, { score: 0.05 });
    await Promise.all([model.dispose(), model.dispose(), running]);
    await model.dispose();
    const message = /^the model was disposed; load it again$/;
    await expect(model.predict(picture)).rejects.toThrow(message);
    expect((await running).instances.length).toBeGreaterThan(0);
  });

  it('ends the loop over many pictures in which it was disposed', async () => {
    const model = await loadTiny();
    const indices: number[] = [];
    const loop = async () => {
      for await (const { index } of model.predictEach([picture, picture, picture])) {
        indices.push(index);
        await model.dispose();
      }
    };
    await expect(loop()).rejects.toThrow('was disposed');
    expect(indices).toEqual([0]);
  });

  it('is disposed by `await using`', async () => {
    const model = await loadTiny();
    {
      await using used = model;
      await used.predict(picture);
    }
    await expect(model.predict(picture)).rejects.toThrow('was disposed');
  });
});

describe('an explainer', () => {
  it('refuses unknown options, ends by its signal, and cannot be used once disposed', async () => {
    const weights = await source();
    const explainer = await compileExplainer(config, weights, nodeRuntime, { threads: 1 });
    await weights.close();
    const wrong = { instanse: 1 } as object;
    await expect(explainer.explain(picture, wrong)).rejects.toThrow(
      'explain: unknown option instanse; did you mean instance?',
    );
    await expect(explainer.record(picture, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const recorded = await explainer.record(picture, { score: 0.05 });
    await expect(recorded.follow({ instances: 0 } as object)).rejects.toThrow('did you mean instance?');
    await explainer[Symbol.asyncDispose]();
    await explainer.dispose();
    const message = 'the explainer was disposed; load it again';
    await expect(explainer.explain(picture)).rejects.toThrow(message);
    await expect(recorded.follow()).rejects.toThrow(message);
  });
});
