import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { maskOf } from '../../src/data/coco/truth.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { rleIntersection, rleIou } from '../../src/ops/rle/iou.ts';
import { rleArea } from '../../src/ops/rle/measure.ts';
import { placeRle } from '../../src/ops/rle/place.ts';
import type { Rle } from '../../src/ops/rle/rle.ts';
import { load } from '../../src/predict/load/node.ts';
import { TestFolder } from '../support/folder.ts';
import { describeWithShared, shared } from '../support/shared.ts';

const side = 256;

describeWithShared('predicting by tiles', () => {
  const folder = new TestFolder();
  afterAll(() => folder.remove());

  it('finds in a mosaic what it finds in its pictures, each once', { timeout: 300_000 }, async () => {
    const dataset = await readCocoDataset(shared('data/nuclei/val.json'));
    const images = dataset.images
      .filter(({ width, height }) => width === side && height === side)
      .slice(8, 12);
    const pictures = await Promise.all(
      images.map(({ file_name }) => decodePicture(shared(`data/nuclei/images/${file_name}`))),
    );
    const places = images.map((_, i) => ({
      left: (i % 2) * side,
      top: (i >> 1) * side,
      size: [2 * side, 2 * side] as const,
    }));
    const mosaic = folder.at('mosaic.png');
    await sharp({ create: { width: 2 * side, height: 2 * side, channels: 3, background: '#000' } })
      .composite(
        pictures.map(({ data }, i) => ({
          input: Buffer.from(data),
          raw: { width: side, height: side, channels: 3 as const },
          left: places[i].left,
          top: places[i].top,
        })),
      )
      .toFile(mosaic);

    const model = await load('nuclei');
    const alone = (
      await model.predict(pictures.map((picture) => ({ ...picture, channels: 3 as const })))
    ).flatMap(({ instances }, i) => instances.map(({ mask }) => placeRle(mask!.rle, places[i])));
    const prediction = await model.predict(mosaic, { tile: 256 });
    await model.dispose();

    const truths = images.flatMap((image, i) =>
      dataset.annotationsOf(image.id).map((annotation) => placeRle(maskOf(annotation, image), places[i])),
    );
    const found = prediction.instances.map(({ mask }) => mask!.rle);
    expect(prediction.tiles!.scale).toBeGreaterThan(1.5);
    expect(countFound(truths, alone)).toBeGreaterThan(40);
    expect(countFound(truths, found)).toBeGreaterThanOrEqual(0.97 * countFound(truths, alone));
    expect(doubled(found)).toBe(0);
  });
});

/** Objects that a mask shows with IoU ≥ 0.5. */
function countFound(truths: readonly Rle[], masks: readonly Rle[]): number {
  const iou = rleIou(truths, masks);
  return truths.filter((_, t) => masks.some((_, m) => iou[t * masks.length + m] >= 0.5)).length;
}

/** Pairs of masks that show the same: one lies in the other by more than 80 %. */
function doubled(masks: readonly Rle[]): number {
  return masks.flatMap((one, i) =>
    masks
      .slice(i + 1)
      .filter((other) => rleIntersection(one, other) > 0.8 * Math.min(rleArea(one), rleArea(other))),
  ).length;
}
