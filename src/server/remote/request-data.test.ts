import { expect, test } from 'vitest';
import type { Job, JobAnswer } from '../work/job.ts';
import { packAnswer, packJob, unpackAnswer, unpackJob } from './request-data.ts';

const plain = { picture: Buffer.from([1, 2, 255]), fileName: 'a.png', plane: { channel: 'DAPI' } };
const predict: Job = {
  ...plain,
  choices: { score: 0.3, tile: { size: 'auto' } },
  output: 'csv',
  pixelSize: '1um',
};
const explain: Job = {
  ...plain,
  choices: {},
  output: 'report',
  follow: { instance: 2 },
  report: { language: 'zh', modelName: 'photos', version: '1' },
  pooler: 'roiPool',
};

/** As it comes out of the queue. */
const queued = (value: object) => JSON.parse(JSON.stringify(value)) as object;

test.each([predict, explain])('jobs come out of the queue as they went in', (job) => {
  expect(unpackJob(queued(packJob(job)))).toEqual(job);
});

test('answers come back as they were, and problems are thrown', () => {
  const timings = { decode: 1, predict: 2, draw: 3 };
  const done = {
    outcome: 'done',
    width: 3,
    height: 2,
    instances: 0,
    timings,
    omitted: 0,
    results: [],
  } as const;
  const answers: JobAnswer[] = [
    { ...done, results: [], file: null },
    { ...done, results: [], file: Buffer.from([0, 128, 255]) },
    { outcome: 'explained', instances: 0, timings, body: { stages: 'null', focus: '{}' } },
    { outcome: 'explained', instances: 0, timings, body: { report: Buffer.from('<html>') } },
    { outcome: 'refused', problem: 'damaged-picture', detail: 'a.png: is damaged' },
  ];
  for (const answer of answers) expect(unpackAnswer(queued(packAnswer(answer)))).toEqual(answer);
  expect(() => unpackAnswer({ problem: 'worker-died', detail: 'gone' })).toThrow('gone');
});

test.each<[object, string]>([
  [{ picture: '../../etc/passwd' }, 'Invalid'],
  [{ picture: { file: '/etc/passwd' } }, 'Invalid'],
  [{ output: 'shell' }, 'Invalid'],
  [{ extra: 1 }, 'unknown key extra'],
  [{ choices: { minSize: 60_000 } }, 'choices: the size of pictures cannot be chosen'],
  [{ choices: { maxDetections: 60_000 } }, 'choices: maxDetections exceeds 1000'],
  [{ choices: { score: 2 } }, 'score should lie between 0 and 1'],
  [{ choices: { command: 'x' } }, 'choices: unknown option command'],
])('a hostile request is refused: %j', (change, message) => {
  expect(() => unpackJob({ ...queued(packJob(predict)), ...change })).toThrow(message);
});
