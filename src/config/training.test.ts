import { describe, expect, it } from 'vitest';
import { parseRunConfig } from './training.ts';

const train = { data: 'a.json', images: 'pictures' };

describe('the configuration of a run', () => {
  it('needs nothing but annotations and pictures', () => {
    const run = parseRunConfig('run.json', { train });
    expect(run).toMatchObject({ train, validation: null, from: null, model: {} });
    expect(run.training).toMatchObject({
      seed: 1,
      steps: null,
      batchSize: 2,
      optimizer: { kind: 'sgd', learningRate: 0.005, momentum: 0.9 },
      schedule: { kind: 'cosine' },
    });
  });

  it.each<[string, unknown, string]>([
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
});
