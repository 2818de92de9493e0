import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { float32Tensor } from '../core/tensor.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

function randomState(seed: number): TrainingState {
  const random = seededRandom(seed);
  const values = (length: number) =>
    Float32Array.from({ length }, () => random.normal() * 10 ** random.integer(30));
  return {
    step: seed,
    weights: new Map([
      ['backbone.body.conv1.weight', float32Tensor([2, 3, 1, 1], values(6))],
      ['rpn.head.cls_logits.bias', float32Tensor([3], values(3))],
    ]),
    optimizer: new Map([['momentum/backbone.body.conv1.weight', values(6)]]),
    average: new Map([['backbone.body.conv1.weight', values(6)]]),
    best: { step: 3, value: 0.1 + 0.2 },
    validationsWithoutGain: 2,
    validationDue: true,
  };
}

const description = { config: '{"a": 1}', training: '{"seed": 1}' };

describe('a checkpoint', () => {
  it('is read back bit for bit', async () => {
    const path = join(folder, 'a.safetensors');
    await writeCheckpoint(path, randomState(7), description);
    expect(await readCheckpoint(path)).toEqual({ state: randomState(7), description });
  });

  it('that is damaged or of another kind is refused by name', async () => {
    const path = join(folder, 'b.safetensors');
    await writeCheckpoint(path, randomState(1), description);
    truncateSync(path, 400);
    await expect(readCheckpoint(path)).rejects.toThrow('b.safetensors');
    await writeSafetensors(path, memoryWeights(path, randomState(1).weights));
    await expect(readCheckpoint(path)).rejects.toThrow('is not a training checkpoint');
    await expect(readCheckpoint(join(folder, 'missing.safetensors'))).rejects.toThrow('missing.safetensors');
  });

  it.each<[string, object, RegExp]>([
    ['a negative step', { step: -5 }, /c\.safetensors: training state: step: .*>=0/],
    ['a step that is not exact', { step: 2 ** 53 }, /step: /],
    ['a best validation without a value', { best: { step: 1 } }, /best: /],
    ['an unknown entry', { epoch: 1 }, /unknown key epoch/],
  ])('with %s is refused', async (_, changed, message) => {
    const path = join(folder, 'c.safetensors');
    const state = JSON.stringify({ step: 1, best: null, validationsWithoutGain: 0, ...changed });
    await writeSafetensors(path, memoryWeights(path, randomState(1).weights), {
      metadata: { ...description, state },
    });
    await expect(readCheckpoint(path)).rejects.toThrow(message);
  });

  it('of version 0.1.0 calls the best value ap', async () => {
    const path = join(folder, 'd.safetensors');
    const state = JSON.stringify({ step: 9, best: { step: 4, ap: 0.5 }, validationsWithoutGain: 0 });
    await writeSafetensors(path, memoryWeights(path, randomState(1).weights), {
      metadata: { ...description, state },
    });
    expect((await readCheckpoint(path)).state.best).toEqual({ step: 4, value: 0.5 });
  });
});
