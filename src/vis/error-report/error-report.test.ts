import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { CocoData } from '../../data/coco/dataset.ts';
import type { CocoResult } from '../../data/coco/types.ts';
import { analyseErrors } from '../../score/analyse-errors.ts';
import { renderErrorReport } from './error-report.ts';

type Box = readonly [number, number, number, number];

const categories = [
  { id: 1, name: 'cat' },
  { id: 2, name: '<dog> & "co"' },
];
const images = [
  { id: 5, width: 120, height: 90, file_name: 'a&b.png' },
  { id: 6, width: 1600, height: 900 },
  { id: 7, width: 50, height: 50, file_name: 'empty.png' },
];

function shape([x, y, w, h]: Box) {
  return { bbox: [x, y, w, h] as const, segmentation: [[x, y, x + w, y, x + w, y + h, x, y + h]] };
}

const objects: [imageId: number, categoryId: number, box: Box][] = [
  [5, 1, [5, 5, 30, 30]],
  [5, 2, [60, 20, 40, 40]],
  [6, 1, [100, 100, 200, 200]],
  [6, 1, [500, 500, 300, 200]],
  [6, 2, [1000, 200, 150, 150]],
];
const dataset = new CocoData({
  images,
  categories,
  annotations: objects.map(([image_id, category_id, box], i) => ({
    ...{ id: i + 1, image_id, category_id, iscrowd: 0, area: box[2] * box[3] },
    ...shape(box),
  })),
});

/** Boxes serve as masks. */
function result(image_id: number, category_id: number, bbox: Box, score: number): CocoResult {
  return { image_id, category_id, bbox, score };
}

const first = [
  result(5, 1, [5, 5, 30, 30], 0.9),
  result(5, 1, [62, 20, 40, 40], 0.8),
  result(6, 1, [150, 150, 200, 200], 0.7),
  result(6, 2, [1000, 200, 150, 150], 0.95),
  result(6, 2, [1003, 200, 150, 150], 0.6),
  result(7, 1, [10, 10, 20, 20], 0.55),
];
const second = [...first.slice(0, 2), result(6, 1, [500, 500, 300, 200], 0.9)];
const pixels = (width: number, height: number) => ({
  width,
  height,
  data: new Uint8Array(3 * width * height),
});

async function report(
  language: 'en' | 'zh',
  results: readonly CocoResult[],
  compare?: readonly CocoResult[],
) {
  const analysed = await analyseErrors({
    ...{ groundTruth: dataset, results, samples: 20 },
    ...(compare && { compare: { results: compare } }),
  });
  const html = await renderErrorReport(analysed, {
    language,
    ...{ modelName: '<model>', dataName: 'val.json', comparedName: 'other', version: '1.2.3', images },
    pictureOf: async (id) => (id === 5 ? pixels(120, 90) : null),
  });
  return { analysed, html };
}

describe.each(['en', 'zh'] as const)('the error report in %s', (language) => {
  const cases: Record<string, [results: readonly CocoResult[], compare?: readonly CocoResult[]]> = {
    'one model': [first],
    'two models': [first, second],
    'a model that finds nothing': [[]],
    'a perfect model': [objects.map(([image, category, box]) => result(image, category, box, 0.9))],
  };

  it.each(Object.entries(cases))(
    'of %s is one well-formed file that needs nothing else',
    async (_, models) => {
      const { html } = await report(language, ...models);
      const references = [...html.matchAll(/(?:href|src)="([^"]*)"|url\(([^)]*)\)/g)].map(
        (m) => m[1] ?? m[2],
      );
      expect(references.length).toBeGreaterThan(7);
      for (const reference of references) expect(reference).toMatch(/^(#|data:image\/jpeg;base64,)/);
      expect(html).not.toMatch(/<script|undefined|NaN|Infinity|\{\w+\}/);
      const xml = html.replace('<!doctype html>', '').replaceAll(/<(meta)([^>]*)>/g, '<$1$2/>');
      expect(XMLValidator.validate(xml, { allowBooleanAttributes: true })).toBe(true);
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const reference of references.filter((text) => text.startsWith('#')))
        expect(ids).toContain(reference.slice(1));
    },
  );
});

describe('the error report', () => {
  it('names the costliest error first, and marks what is wrong in the pictures', async () => {
    const { html, analysed } = await report('en', first);
    expect(/class="verdict">([^<]*)</.exec(html)?.[1]).toContain('Costliest error:');
    const [worst] = analysed.analysis.worst;
    expect(worst).toMatchObject({ imageId: 7, f1: 0, unfounded: 1 });
    const states = analysed.pictures
      .find(({ imageId }) => imageId === 6)
      ?.detections.map(({ state }) => state);
    expect(states).toEqual(['correct', 'location', 'duplicate']);
    for (const title of ['cat 0.80 · Wrong class', 'cat 0.55 · Nothing there', 'cat · Missed'])
      expect(html).toContain(`<title>${title}</title>`);
  });

  it('says which of two models is better only if the interval does not contain 0', async () => {
    const { html } = await report('en', first, second);
    expect(html).toContain('The pictures do not show which one is better');
    const truth = objects.map(([image, category, box]) => result(image, category, box, 0.9));
    const perfect = await report('en', [result(7, 1, [0, 0, 9, 9], 0.9)], truth);
    expect(perfect.html).toContain('B (other) is better');
    expect(perfect.html).toContain('only A finds 0, only B 3');
  });
});
