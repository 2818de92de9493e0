import { join } from 'node:path';
import { parseAnyModelConfig } from '../../src/config/any-config.ts';
import { parseRunConfig } from '../../src/config/training.ts';
import { MaskRcnnError } from '../../src/core/errors.ts';
import { readJson } from '../../src/core/node/read-json.ts';
import { checkDataset } from '../../src/data/check/check-dataset.ts';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { formatProblem, type Problem } from '../../src/data/coco/problems.ts';
import { maskOf } from '../../src/data/coco/truth.ts';
import { converterOf } from '../../src/data/convert/formats.ts';
import { readLabelPng } from '../../src/data/convert/label-png.ts';
import { decodePicture, pictureSize } from '../../src/image/decode.ts';
import { readGeoReference } from '../../src/image/geo-reference-file.ts';
import { readConfigFile } from '../../src/import/config-file.ts';
import { importWeights } from '../../src/import/import-weights.ts';
import { openMetrics } from '../../src/run/log/metrics-log.ts';
import { reportHtml } from '../../src/run/log/report.ts';
import { cocoEval } from '../../src/score/coco-eval.ts';
import { WatchedRuns } from '../../src/server/runs/watched-runs.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { openWeights } from '../../src/weights/open-weights.ts';

/** Reads one input as a command would. @param path The file, or the folder. */
type Reader = (path: string) => Promise<void>;

/** The most values of a weight file that are read: a view may expand its storage to 64 MiB. */
const maxValues = 2 ** 20;

async function weights(path: string): Promise<void> {
  const file = await openWeights(path);
  try {
    for (const key of file.keys().slice(0, 20)) {
      const size = file.shapeOf(key).reduce((product, extent) => product * extent, 1);
      if (size <= maxValues) await accepted(() => file.read(key));
    }
  } finally {
    await file.close();
  }
  const imported = await importWeights({ path });
  await imported.weights.close();
}

/** Ignores a refusal, so that the rest of the input is read too. */
async function accepted(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof MaskRcnnError)) throw error;
    requireOneLine(error.message);
  }
}

/** @throws Error unless a message is one line. */
export function requireOneLine(message: string): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(message))
    throw new Error(`a message of several lines: ${JSON.stringify(message)}`);
}

function converting(format: string): Reader {
  return async (path) => void (await converterOf(format).convert(path, {}));
}

/** Every reader of foreign files. */
export const readers: Readonly<Record<string, Reader>> = {
  pickle: weights,
  'pth-zip': weights,
  'pth-legacy': weights,
  safetensors: weights,
  checkpoint: async (path) => void (await readCheckpoint(path)),
  config: async (path) => {
    const value = await readJson(path);
    await accepted(() => parseRunConfig(path, value));
    await accepted(() => parseAnyModelConfig(path, value));
    await readConfigFile(path);
  },
  coco: async (path) => {
    const problems: Problem[] = [];
    const dataset = await readCocoDataset(path, { onMalformed: (problem) => problems.push(problem) });
    problems.push(...(await checkDataset(dataset)));
    for (const problem of problems) requireOneLine(formatProblem(problem));
    for (const annotation of dataset.annotations) {
      const image = dataset.image(annotation.image_id);
      if (image) await accepted(() => maskOf(annotation, image));
    }
  },
  results: async (path) =>
    void (await cocoEval({ groundTruth: join(path, '..', 'gt.json'), results: path, type: 'segm' })),
  labelme: converting('labelme'),
  via: converting('via'),
  voc: converting('voc'),
  yolo: converting('yolo'),
  cvat: converting('cvat'),
  picture: async (path) => {
    await readGeoReference(path);
    await pictureSize(path);
    await decodePicture(path);
  },
  'label-png': async (path) => void (await readLabelPng(path)),
  'run-folder': async (path) => {
    const runs = new WatchedRuns(path);
    await runs.list();
    await runs.read('a', { from: 0 });
    const log = await openMetrics(join(path, 'a'), 1000);
    await log.close();
    reportHtml(log.history, { title: 'a', facts: {} });
  },
};
