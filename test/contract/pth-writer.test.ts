import { afterAll, expect, it } from 'vitest';
import { openWeights } from '../../src/weights/open-weights.ts';
import { writePth } from '../../src/weights/torch/writer.ts';
import { TestFolder } from '../support/folder.ts';
import { goldenPath } from '../support/golden-weights.ts';
import { hasTorchvision, runOracle, torchvisionNote } from '../support/torchvision.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const title = `writePth writes what torch.load reads, with weights_only and without${torchvisionNote}`;

it.skipIf(!hasTorchvision)(title, async () => {
  const path = folder.at('copy.pth');
  const golden = await openWeights(goldenPath('zip.pth'));
  await writePth(path, golden);
  const read = JSON.parse(runOracle('weights.py', ['read', path])) as Record<
    string,
    { shape: number[]; values: number[] }
  >;
  expect(Object.keys(read)).toEqual(golden.keys());
  for (const [key, { shape, values }] of Object.entries(read)) {
    expect(shape, key).toEqual(golden.shapeOf(key));
    expect(values, key).toEqual([...(await golden.read(key)).data]);
  }
  await golden.close();
});
