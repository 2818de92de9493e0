import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { trainCommand } from '../../src/cli/models/train.ts';
import type { RunInput } from '../../src/config/training.ts';
import { plural } from '../../src/core/plural.ts';
import type { CocoDataset } from '../../src/data/coco/types.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { type TrainOptions, train } from '../../src/run/train.ts';
import { TestFolder } from '../support/folder.ts';
import { runCommand } from '../support/run-command.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { tiffStack } from '../support/tiff-stack.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const run: RunInput = {
  train: { data: writeSquares(folder.path, 3, 1), images: folder.path },
  from: await importTiny('mask-v1', folder.path),
  training: { steps: 3, batchSize: 1, accumulate: 1, workers: 0, threads: 1 },
};

describe('train from a program', { timeout: 300_000 }, () => {
  it('saves the run and ends when its signal is aborted, and can be resumed', async () => {
    const out = folder.at('aborted');
    const controller = new AbortController();
    const steps: number[] = [];
    const onMetrics: TrainOptions['onMetrics'] = ({ step }) => {
      steps.push(step);
      controller.abort(new Error('changed my mind'));
    };
    const { signal } = controller;
    await expect(train({ out, run, signal, onMetrics })).rejects.toThrow('changed my mind');
    expect(steps).toEqual([0]);
    expect(existsSync(join(out, 'checkpoint.safetensors'))).toBe(true);
    const resumed = await train({ out, resume: true, onMetrics: ({ step }) => void steps.push(step) });
    expect(resumed).toMatchObject({ ending: 'finished', step: 3 });
    expect(steps).toEqual([0, 1, 2]);
  });

  it('takes the time that it is given, and a resumed run keeps its length', async () => {
    const out = folder.at('timed');
    const notes: string[] = [];
    const plans: { steps: number; done: number }[] = [];
    const training = { ...run.training, steps: null, minutes: 0.01, minSizes: [64] };
    const listeners = {
      onNote: (line: string) => notes.push(line),
      onStart: (plan: { steps: number; done: number }) => plans.push(plan),
    };
    await train({ out, run: { ...run, training }, shouldStop: () => true, ...listeners });
    expect(notes).toContain('measuring how fast this machine trains');
    const [{ steps }] = plans;
    expect(steps).toBeLessThan(180);
    expect(notes.join('\n')).toMatch(`the limit of 0.01 min allows ${plural(steps, 'step')}`);
    expect(notes.join('\n')).toMatch(/--minutes \d+ allows the 180 that suit a data set of this size/);
    await train({ out, resume: true, shouldStop: () => true, ...listeners });
    expect(plans[1]).toMatchObject({ steps, done: 1 });
    expect(notes.filter((line) => line.startsWith('measuring'))).toHaveLength(1);
  });

  describe('with validations', () => {
    const validated = { ...run, validation: run.train, training: { ...run.training, validateEvery: 1 } };
    const whole = folder.at('whole');
    const bytes = (out: string, file: string) => readFileSync(join(out, file));
    /** What each line of the log measured: the step, and the average precisions of a validation. */
    const measured = (out: string) =>
      bytes(out, 'metrics.jsonl')
        .toString()
        .trim()
        .split('\n')
        .map((line) => Object.entries(JSON.parse(line)).filter(([name]) => /^step$|^validation/.test(name)));

    beforeAll(async () => {
      await train({ out: whole, run: validated });
    });

    // Each step is followed by one call, each validated picture preceded by one.
    it.each([
      ['before a validation', 5],
      ['in the middle of a validation', 7],
      ['in the last validation', 11],
    ])('is saved when it is aborted %s, and resumes with that validation', async (name, calls) => {
      const out = folder.at(name);
      const controller = new AbortController();
      let called = 0;
      const shouldStop = () => {
        if (++called === calls) controller.abort();
        return false;
      };
      const aborted = train({ out, run: validated, signal: controller.signal, shouldStop });
      await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
      expect(called).toBe(calls);
      const done = Math.ceil(calls / 4);
      expect(measured(out)).toEqual(measured(whole).slice(0, 2 * done - 1));

      expect(await train({ out, resume: true })).toMatchObject({ ending: 'finished', step: 3 });
      expect(measured(out)).toEqual(measured(whole));
      for (const file of ['checkpoint.safetensors', 'best.safetensors', 'last.safetensors']) {
        expect(bytes(out, file).equals(bytes(whole, file)), file).toBe(true);
      }
    });

    it('ends early where they do not improve, and takes no step when it is resumed', async () => {
      const out = folder.at('early');
      // Steps so small that the value stays the same.
      const optimizer = { kind: 'sgd', learningRate: 1e-12 } as const;
      const training = { ...validated.training, steps: 9, patience: 1, optimizer };
      const ended = { ending: 'early', step: 2 };
      expect(await train({ out, run: { ...validated, training } })).toMatchObject(ended);
      const once = measured(out);
      expect(await train({ out, resume: true })).toMatchObject(ended);
      expect(measured(out)).toEqual(once);
    });
  });

  describe('on pages of a stack', () => {
    const { images, ...rest } = JSON.parse(readFileSync(folder.at('data.json'), 'utf8')) as CocoDataset;
    const [{ width, height }] = images;
    const training = { ...run.training, steps: 2, validateEvery: 1 };
    const of = (set: RunInput['train']): RunInput => ({ ...run, train: set, validation: set, training });
    /** Page 2 of the run, and the pages that records name. */
    const stacked = images.map(({ id }) => ({
      ...{ id, width, height, file_name: 'stack.tif' },
      ...(id === 2 ? {} : { page: id }),
    }));
    const stack = { data: folder.write('stack.json', { ...rest, images: stacked }), images: folder.path };
    const models = (out: string) =>
      ['best', 'last'].map((name) => readFileSync(join(out, `${name}.safetensors`)).toString('base64'));

    beforeAll(async () => {
      const grey = await Promise.all(
        images.map(async ({ file_name }) => {
          const { data } = await decodePicture(folder.at(String(file_name)));
          return data.filter((_, i) => i % 3 === 0);
        }),
      );
      folder.write('stack.tif', tiffStack(grey, { width, height }));
      for (const [i, data] of grey.entries()) {
        folder.write(`grey/${i + 1}.png`, encode({ width, height, data, channels: 1, depth: 8 }));
      }
      await train({ out: folder.at('grey'), run: of({ ...run.train, images: folder.at('grey') }) });
    });

    it('gives the model of the same pictures in files of their own, also after resuming', async () => {
      const out = folder.at('stacked');
      let steps = 0;
      await train({ out, run: of({ ...stack, page: 2 }), shouldStop: () => ++steps > 3 });
      expect(await train({ out, resume: true })).toMatchObject({ ending: 'finished', step: 2 });
      expect(models(out)).toEqual(models(folder.at('grey')));
    });

    it('is refused before the first step where validation lacks the page', async () => {
      const validated = { ...of({ ...stack, page: 2 }), validation: stack };
      const onStart = vi.fn();
      const started = train({ out: folder.at('unvalidated'), run: validated, onStart });
      await expect(started).rejects.toThrow('stack.tif: has 3 pages; choose one (page, --page N)');
      expect(onStart).not.toHaveBeenCalled();
    });

    it('takes --page for training and validation', async () => {
      const config = folder.write('stacked.json', of(stack));
      const out = folder.at('by-option');
      const chosen = (page: string, to = out) => ['--config', config, '--page', page, '--out', to];
      const wrong = await runCommand(trainCommand(), chosen('4', folder.at('wrong-page')));
      expect(String(wrong.error)).toContain('stack.tif: has no page 4; it has 3 pages, counted from 1');
      const { error } = await runCommand(trainCommand(), chosen('2'));
      vi.restoreAllMocks();
      expect(error).toBeUndefined();
      expect(models(out)).toEqual(models(folder.at('grey')));
    });
  });

  it('writes nothing when its signal was aborted before', async () => {
    const out = folder.at('never');
    await expect(train({ out, run, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(existsSync(out)).toBe(false);
  });

  it.each<[object, string]>([
    [{ onMetric: () => {} }, 'train: unknown option onMetric; did you mean onMetrics?'],
    [{ run: { ...run, training: { step: 3 } } }, 'the run: unknown key training.step (did you mean steps'],
  ])('refuses what it does not know: %j', async (wrong, message) => {
    await expect(train({ out: folder.at('wrong'), run, ...wrong })).rejects.toThrow(message);
    expect(existsSync(folder.at('wrong'))).toBe(false);
  });
});
