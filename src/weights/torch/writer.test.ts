import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGoldenTensors, goldenPath } from '../../../test/support/golden-weights.ts';
import { float32Tensor } from '../../core/tensor.ts';
import { openWeights } from '../open-weights.ts';
import { memoryWeights } from '../weight-file.ts';
import { writePth } from './writer.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pth-'));
  path = join(folder, 'copy.pth');
  const golden = await openWeights(goldenPath('zip.pth'));
  await writePth(path, golden);
  await golden.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('writePth', () => {
  it('writes what our reader gives back', async () => {
    const copy = await openWeights(path);
    await expectGoldenTensors(copy, { dtypes: false });
    expect(copy.dtypeOf('num_batches_tracked')).toBe('int64');
    await copy.close();
  });

  it('stores matrices as float16 in half precision', async () => {
    const half = join(folder, 'half.pth');
    const tensors = new Map([
      ['weight', float32Tensor([1, 2], Float32Array.of(1, -2))],
      ['bias', float32Tensor([1], Float32Array.of(1e-9))],
    ]);
    await writePth(half, memoryWeights('memory', tensors), { dtype: 'float16' });
    const file = await openWeights(half);
    expect(file.keys().map((key) => file.dtypeOf(key))).toEqual(['float16', 'float32']);
    expect([...(await file.read('weight')).data]).toEqual([1, -2]);
    await file.close();
  });

  it('describes a tensor with more than 2^31 elements in its pickle', async () => {
    // Not written out: reading the first tensor fails, after the pickle has been made.
    const weights = memoryWeights('memory', new Map());
    const huge = {
      ...weights,
      keys: () => ['w'],
      shapeOf: () => [2 ** 20, 2 ** 12],
      dtypeOf: () => 'float32' as const,
      read: async () => {
        throw new Error('read');
      },
    };
    await expect(writePth(join(folder, 'huge.pth'), huge)).rejects.toThrow('read');
  });
});
