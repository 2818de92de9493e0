import fc from 'fast-check';
import { type FuzzInput, single } from '../input.ts';
import { editedJson } from './json.ts';

const run = {
  train: { data: 'a.json', images: 'p' },
  validation: { data: 'a.json', images: 'p' },
  architecture: 'maskrcnn_resnet18_fpn',
  model: { box: { scoreThreshold: 0.1 }, rpn: { anchors: { sizes: [[32], [64]] } } },
  training: { steps: 3, optimizer: { kind: 'sgd', betas: [0.1, 0.2] }, augmentation: { scale: [1, 2] } },
};
const model = {
  kind: 'detector',
  backbone: { name: 'resnet18', width: 64 },
  categories: [{ id: 1, name: 'cat' }],
  preprocess: { minSize: 80, maxSize: 100, mean: [0.5, 0.5, 0.5], std: [1, 1, 1] },
};
const metrics = { step: 1, 'loss/total': 0.5, learningRate: 0.1, picturesPerSecond: 3 };
const plan = { steps: 10, picturesPerStep: 2, pictures: 5 };

const lines = fc
  .array(editedJson([metrics]), { maxLength: 6 })
  .map((each) => Buffer.concat(each.flatMap((line) => [line, Buffer.from('\n')])));

/** By the name of the reader that takes them. */
export const settingInputs: Readonly<Record<string, fc.Arbitrary<FuzzInput>>> = {
  config: editedJson([run, model]).map((file) => single('config.json', file)),
  'run-folder': fc.tuple(editedJson([plan]), lines).map(([planFile, metricsFile]) => ({
    main: '',
    files: {
      'a/run.json': planFile,
      'a/metrics.jsonl': metricsFile,
      'a/checkpoint.safetensors': Buffer.from('x'),
    },
  })),
};
