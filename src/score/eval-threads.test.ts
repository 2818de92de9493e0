import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { CocoData } from '../data/coco/dataset.ts';
import { packAnnotations, unpackAnnotations } from '../data/coco/packed-annotations.ts';
import { readCocoResults } from '../data/coco/results.ts';
import { cutResults, joinParts, takeParts } from '../data/coco/results-parts.ts';
import type { CocoAnnotation, CocoResult } from '../data/coco/types.ts';
import { evalParams } from '../eval/params.ts';
import { compressRle } from '../ops/rle/compressed.ts';
import { rleFromPolygons } from '../ops/rle/polygon.ts';
import { cocoEvaluator } from './coco-evaluator.ts';
import { EvalThreads } from './eval-threads.ts';
import { scoreResults } from './score-results.ts';

const random = seededRandom(8);
const size = [60, 80] as const;
const images = Array.from({ length: 20 }, (_, i) => ({ id: 3 * i + 1, width: size[1], height: size[0] }));
const categories = [5, 2, 9].map((id) => ({ id, name: `class ${id}` }));

function square(): number[] {
  const [x, y, side] = [60 * random.uniform(), 40 * random.uniform(), 4 + 12 * random.uniform()];
  return [x, y, x, y + side, x + side, y + side, x + side, y];
}

const annotations: CocoAnnotation[] = images.flatMap(({ id }, i) =>
  categories.map(({ id: category }, k) => ({
    id: 3 * i + k + 1,
    image_id: id,
    category_id: category,
    area: 100 * random.uniform(),
    iscrowd: random.uniform() < 0.1 ? 1 : 0,
    segmentation: [Float64Array.from(square())],
  })),
);
const dataset = new CocoData({ images, categories, annotations });
const results: CocoResult[] = annotations.flatMap(({ image_id, category_id, segmentation }) =>
  Array.from({ length: 3 }, (_, i) => ({
    image_id,
    category_id,
    score: random.uniform(),
    segmentation: {
      size,
      counts: compressRle(rleFromPolygons(i === 0 ? (segmentation as Float64Array[]) : [square()], size)),
    },
  })),
);

let folder = '';
const path = () => join(folder, 'results.json');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-threads-'));
});
afterAll(() => rm(folder, { recursive: true }));

const partBytes = 2048;

async function partsOf(text: string) {
  await writeFile(path(), text);
  const parts = cutResults(path(), partBytes);
  if (parts === null) throw new Error('the file was not cut');
  return parts;
}

describe('a results file in parts', () => {
  it.each([
    ['as JSON.stringify writes it', JSON.stringify(results)],
    ['as Python writes it', `\ufeff${JSON.stringify(results, null, 1).replaceAll('\n', '')}\n`],
  ])('has the records of the file, %s', async (_, text) => {
    const parts = await partsOf(text);
    expect(parts.bounds.length).toBeGreaterThan(5);
    const joined = joinParts(path(), (await takeParts(parts)).reverse(), images);
    const table = await readCocoResults(path(), dataset);
    expect(joined?.count).toBe(results.length);
    images.forEach((_image, index) => {
      expect(joined?.detectionsOf(index, () => true)).toEqual(table.detectionsOf(index, () => true));
    });
  });

  it('is not read by parts that a wrong cut leaves', async () => {
    const nested = results.map((result) => ({ ...result, parts: [{ a: 1 }, { a: 2 }, { a: 3 }] }));
    const parts = await partsOf(JSON.stringify(nested));
    await expect(
      takeParts({
        ...parts,
        bounds: [0, JSON.stringify(nested[0]).indexOf('},{') + 3, ...parts.bounds.slice(-1)],
      }),
    ).rejects.toThrow();
  });

  it('is not joined where a record does not fit its image', async () => {
    const parts = await partsOf(JSON.stringify([...results, { ...results[0], image_id: 2 }]));
    expect(joinParts(path(), await takeParts(parts), images)).toBeNull();
  });

  it('is not cut if it is short, or has polygons', async () => {
    await writeFile(path(), JSON.stringify(results.slice(0, 2)));
    expect(cutResults(path(), 1 << 20)).toBeNull();
    await writeFile(
      path(),
      JSON.stringify(results.map((result) => ({ ...result, segmentation: [square()] }))),
    );
    expect(cutResults(path(), partBytes)).toBeNull();
  });
});

describe('packed annotations', () => {
  it('are the same when unpacked', () => {
    const all: CocoAnnotation[] = [
      ...annotations,
      { id: 1, image_id: 2, category_id: 3 },
      { id: 1, image_id: 2, category_id: 3, segmentation: { size: [2, 3], counts: '06' } },
      { id: 1, image_id: 2, category_id: 3, segmentation: { size: [2, 3], counts: Float64Array.of(6) } },
      {
        id: 1,
        image_id: 2,
        category_id: 3,
        bbox: [1, 2, 3, 4],
        keypoints: Float64Array.of(1, 2, 2),
        num_keypoints: 1,
      },
    ];
    expect(unpackAnnotations(packAnnotations(all))).toEqual(all);
  });
});

describe('threads', () => {
  it.each([
    ['and score', 0],
    ['while one scores', 1e6],
  ])('read %s as one does, and report the same error', async (_, leastRecords) => {
    await writeFile(path(), JSON.stringify(results));
    const threads = new EvalThreads(1, leastRecords);
    try {
      const table = await threads.startReading(path(), partBytes)(dataset);
      const params = evalParams('segm');
      const evaluator = cocoEvaluator(dataset, params);
      scoreResults(dataset, table, params, evaluator);
      expect(await threads.score(dataset, table, params, () => {})).toEqual(evaluator.result());

      const damaged = results.map((result, i) => (i === 90 ? { ...result, score: null } : result));
      await writeFile(path(), JSON.stringify(damaged));
      await expect(threads.startReading(path(), partBytes)(dataset)).rejects.toThrow(
        `${path()}: results[90].score: expected a finite number, got null`,
      );
    } finally {
      await threads.close();
    }
  });
});
