import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModelFile } from '../../src/model-file/model-file.ts';
import { writePth } from '../../src/weights/torch/writer.ts';
import { hasTorchvision, runOracle, torchvisionNote } from '../support/torchvision.ts';

interface ImportReport {
  notes: string[];
  eps: number;
  peakBytes: number;
}

describe.skipIf(!hasTorchvision)(`a Mask R-CNN of full size in the layout of 2019${torchvisionNote}`, () => {
  let folder: string;
  let model: string;
  let report: ImportReport;
  let sums: Record<string, number>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'full-size-'));
    const published = join(folder, 'maskrcnn_legacy.pth');
    model = join(folder, 'model.safetensors');
    runOracle('weights.py', ['full', folder]);
    sums = JSON.parse(runOracle('weights.py', ['load', 'maskrcnn_resnet50_fpn frozen', published])) as Record<
      string,
      number
    >;
    const script = fileURLToPath(new URL('../support/import-process.ts', import.meta.url));
    const printed = execFileSync(process.execPath, ['--import', 'tsx', script, published, model], {
      encoding: 'utf8',
    });
    report = JSON.parse(printed) as ImportReport;
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is recognised, with eps 0', () => {
    expect(report.notes[0]).toBe('recognised maskrcnn_resnet50_fpn with 91 classes');
    expect(report.eps).toBe(0);
  });

  it('is imported with a peak below 600 MB for the whole process', async () => {
    expect((await stat(model)).size).toBeGreaterThan(178e6);
    expect(report.peakBytes).toBeLessThan(600e6);
  });

  it('has the weights that torchvision loads from it', async () => {
    const { weights } = await openModelFile(model);
    expect(weights.keys().toSorted()).toEqual(Object.keys(sums).toSorted());
    for (const [key, sum] of Object.entries(sums)) {
      const { data } = await weights.read(key);
      // Summed in float64 on both sides, in another order.
      const ours = data.reduce((total, value) => total + value, 0);
      expect(Math.abs(ours - sum), key).toBeLessThan(1e-9 * Math.max(1, data.length));
    }
    await weights.close();
  });

  it('loads strictly into torchvision when written as .pth', async () => {
    const { weights } = await openModelFile(model);
    const path = join(folder, 'ours.pth');
    await writePth(path, weights);
    await weights.close();
    expect(JSON.parse(runOracle('weights.py', ['load', 'maskrcnn_resnet50_fpn frozen', path]))).toEqual(sums);
  });
});
