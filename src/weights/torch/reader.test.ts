import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { expectGoldenTensors, goldenPath } from '../../../test/support/golden-weights.ts';
import { memorySource } from '../byte-source.ts';
import { openWeights } from '../open-weights.ts';
import { readPth } from './reader.ts';

describe.each(['zip.pth', 'legacy.pth', 'protocol4.pth'])('readPth on %s, written by torch', (name) => {
  it('reads every dtype, view and shared storage', async () => {
    const file = await openWeights(goldenPath(name));
    await expectGoldenTensors(file);
    await file.close();
  });
});

describe.each(['checkpoint.pth', 'checkpoint-legacy.pth'])('readPth on %s, of a training run', (name) => {
  it('finds the weights under "model" beside optimizer, schedule and arguments', async () => {
    const file = await openWeights(goldenPath(name));
    expect(file.keys()).toEqual(['weight', 'bias']);
    expect([...(await file.read('weight')).data]).toEqual([0, 1, 2, 3, 4, 5]);
    await file.close();
  });
});

describe('readPth refuses', () => {
  afterAll(() => {
    if (existsSync('mask-rcnn-was-executed')) throw new Error('a pickle was executed');
  });

  it.each<[string, RegExp]>([
    ['evil-zip.pth', /evil-zip\.pth: refuses to load os\.system \(only tensors/],
    ['evil-legacy.pth', /refuses to load os\.system/],
    ['evil-eval.pth', /refuses to load builtins\.eval/],
    [
      'module.pth',
      /holds torch\.nn\.modules\.linear\.Linear, expected a dict .*; save the state_dict\(\) of/,
    ],
    ['no-state-dict.pth', /holds no weights: .*it has the keys epoch, optimizer/],
    ['compressed.pth', /archive\/data\.pkl is compressed/],
    ['values.json', /neither a torch checkpoint nor safetensors \(it begins with "\{"plain": /],
  ])('%s', async (name, message) => {
    await expect(openWeights(goldenPath(name))).rejects.toThrow(message);
    await expect(openWeights(goldenPath(name))).rejects.toMatchObject({ name: 'InputError' });
  });

  it('a missing file, a folder and an empty file', async () => {
    await expect(openWeights('/nowhere.pth')).rejects.toThrow('/nowhere.pth: no such file');
    await expect(openWeights(goldenPath('.'))).rejects.toThrow(/is not a file|EISDIR/);
    await expect(readPth(memorySource('x.pth', new Uint8Array(0)))).rejects.toThrow(/not a torch checkpoint/);
  });

  it('a flipped bit in a tensor', async () => {
    const bytes = new Uint8Array(await readFile(goldenPath('zip.pth')));
    const file = await readPth(memorySource('x.pth', bytes));
    const { data } = await file.read('plain');
    const at = Buffer.from(bytes).indexOf(Buffer.from(data.buffer, data.byteOffset, 96));
    bytes[at + 5]! ^= 1;
    await expect(file.read('plain')).rejects.toThrow(/data\/0 has a wrong checksum/);
  });
});
