import { describe, expect, it } from 'vitest';
import { UsageError } from '../../core/errors.ts';
import { loadSemantic } from '../semantic.ts';
import { load, loadExplainer } from './node.ts';

const loaders = { load, loadExplainer, loadSemantic };

describe.each(Object.entries(loaders))('%s', (name, loader) => {
  it('refuses threads that it cannot start, before it looks for the model', async () => {
    await expect(loader('no-such-model', { threads: 0 })).rejects.toThrow(
      new UsageError(`${name}: threads should be a whole number of at least 1, got 0`),
    );
  });
});

it.each([undefined, 5])('%s is not a model', async (model) => {
  await expect(load(model as never)).rejects.toThrow(
    new UsageError(`a model is given by its name or the path of its file; got ${model}`),
  );
});
