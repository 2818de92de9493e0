import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../support/cli-process.ts';
import { readWeights } from '../support/read-weights.ts';

it('exports the shipped model as a .pth with the same tensors', { timeout: 60_000 }, async () => {
  const out = join(mkdtempSync(join(tmpdir(), 'mask-rcnn-')), 'nuclei.pth');
  const { status, stdout } = await runCli(['export', '--model', 'nuclei', '--out', out]);
  expect(status).toBe(0);

  const [exported, model] = [await readWeights(out), await readWeights('models/nuclei.safetensors')];
  expect(stdout).toContain(`${model.keys().length} tensors`);
  expect(exported.keys().toSorted()).toEqual(model.keys().toSorted());
  const key = 'roi_heads.mask_head.0.0.weight';
  expect((await exported.read(key)).data).toEqual((await model.read(key)).data);
});
