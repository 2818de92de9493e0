import { describe, expect, it } from 'vitest';
import { optimizerRates, optimizerSchema, parseRunConfig, withDefaultStart } from './training.ts';

const train = { data: 'a.json', images: 'pictures' };

describe('the configuration of a run', () => {
  it('requires only annotations and pictures', () => {
    const run = parseRunConfig('run.json', { train });
    expect(run).toMatchObject({ train, validation: null, from: 'photos', model: {} });
    expect(run.training).toMatchObject({
      seed: 1,
      steps: null,
      batchSize: 2,
      optimizer: { kind: 'adamW', learningRate: null, weightDecay: null },
      emaDecay: 0.998,
      schedule: { kind: 'cosine' },
    });
  });

  it('chooses a channel by its number or name', () => {
    const of = (channel: unknown) =>
      parseRunConfig('run.json', { train: { ...train, page: 2, channel } }).train;
    expect([2, 'DAPI', null].map((channel) => of(channel))).toMatchObject([
      { page: 2, channel: 2 },
      { page: 2, channel: 'DAPI' },
      { page: 2, channel: null },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['page 0', { train: { ...train, page: 0 } }, 'run.json: train.page: '],
    ['an empty channel', { train: { ...train, channel: '' } }, 'run.json: train.channel: '],
    ['no data', {}, 'run.json: train: '],
    [
      'a misspelt key',
      { train, training: { optimizer: { learnRate: 1 } } },
      'unknown key training.optimizer.learnRate',
    ],
    [
      'a probability above 1',
      { train, training: { augmentation: { crop: 2 } } },
      'training.augmentation.crop: ',
    ],
    ['a text for a number', { train, training: { steps: '9' } }, 'training.steps: '],
  ])('refuses %s', (_, value, message) => {
    expect(() => parseRunConfig('run.json', value)).toThrow(message);
  });

  it.each([
    [{}, { learningRate: 6e-4, weightDecay: 0.01 }],
    [{ kind: 'sgd' }, { learningRate: 0.005, weightDecay: 1e-4 }],
    [
      { kind: 'sgd', learningRate: 1, weightDecay: 0 },
      { learningRate: 1, weightDecay: 0 },
    ],
  ])('has the rates of the optimiser: %j', (optimizer, rates) => {
    expect(optimizerRates(optimizerSchema.parse(optimizer))).toEqual(rates);
  });

  it('starts from the default model unless it specifies one', () => {
    expect(withDefaultStart({ train })).toEqual({ train, from: 'photos' });
    for (const said of [
      { from: null },
      { from: 'nuclei' },
      { architecture: 'x' },
      { backboneWeights: 'y' },
    ]) {
      expect(withDefaultStart({ train, ...said })).toEqual({ train, ...said });
    }
  });
});
