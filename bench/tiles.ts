import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelConfig } from '../src/config/schema.ts';
import { readCocoDataset } from '../src/data/coco/coco.ts';
import { maskOf } from '../src/data/coco/truth.ts';
import { decodePicture } from '../src/image/decode.ts';
import type { Picture } from '../src/image/picture.ts';
import { regionsOf } from '../src/image/picture-regions.ts';
import { openModelFile } from '../src/model-file/model-file.ts';
import { rleIntersection, rleIou } from '../src/ops/rle/iou.ts';
import { rleArea, rleBox } from '../src/ops/rle/measure.ts';
import { placeRle } from '../src/ops/rle/place.ts';
import { rleFromPolygons } from '../src/ops/rle/polygon.ts';
import type { Rle } from '../src/ops/rle/rle.ts';
import { configFor } from '../src/predict/choices.ts';
import { compileModel } from '../src/predict/compile.ts';
import { InstanceMask } from '../src/predict/instance.ts';
import { runPipeline } from '../src/predict/pipeline.ts';
import { placeInstances } from '../src/predict/placed-instances.ts';
import type { TileResult } from '../src/predict/tiles/merge-tiles.ts';
import { predictTiles } from '../src/predict/tiles/predict-tiles.ts';
import { tilingOf } from '../src/predict/tiles/tile-choice.ts';
import { nodeRuntime } from '../src/runtime/node.ts';
import { type BenchResult, type Figures, thisMachine } from './result.ts';

const root = join(import.meta.dirname, '..');
const data = join(root, 'data', 'nuclei');
/** Interpreter that has PyPI's `sahi` and `pycocotools`; the comparison with it is left out where this is not set. */
const sahiPython = process.env.SAHI_PYTHON;
const sizes = [256, 320, 384, 512, 768, 1024] as const;
/** Pictures of 256 × 256 pixels in a row of the mosaic. */
const columns = 6;
const side = 256;

interface Found {
  readonly score: number;
  readonly mask: Rle;
}

/**
 * Predicting by tiles: a mosaic of the validation pictures of `data/nuclei` that have 256 × 256 pixels, for six sizes of tiles,
 * against the single pictures. `accuracy` is TP / (TP + FP + FN) at IoU 0.5; `lostAtSeams` counts nuclei that are crossed by
 * a tile's edge, are found in the single pictures and not in the mosaic; `doubled` counts pairs of results that share
 * more than half of the smaller. `overhead` is the time outside the network, relative to that inside. The peer is SAHI's GREEDYNMM (IOS 0.5) on the same detections of the same tiles.
 */
export async function bench(): Promise<BenchResult> {
  const file = await openModelFile(join(root, 'models', 'nuclei.safetensors'));
  const config = configFor(file.config as ModelConfig, {});
  const sessions = await compileModel(config, file.weights, nodeRuntime);
  await file.weights.close();
  let predicting = 0;
  const predict = async (picture: Picture, own: typeof config) => {
    const start = performance.now();
    const result = await runPipeline(picture, own, sessions);
    sessions.reuse(result.pyramid);
    const found = placeInstances(result, own, picture);
    predicting += performance.now() - start;
    return { found, omitted: result.omitted };
  };

  const { mosaic, truths, single } = await makeMosaic(
    async (picture) => (await predict(picture, config)).found,
  );
  const matchedAlone = matched(truths, single);
  const cases: Record<string, { ratio: null; ours: Figures; peer: Figures }> = {};
  for (const size of sizes) {
    const tiles: TileResult[] = [];
    const start = performance.now();
    predicting = 0;
    const { found, plan } = await predictTiles({
      picture: regionsOf(mosaic),
      config,
      tiling: tilingOf(size),
      predict,
      onTileResult: (tile) => tiles.push(tile),
    });
    const seconds = (performance.now() - start) / 1000;
    const overhead = (1000 * seconds) / predicting - 1;
    const seams = truths.map((truth) => tiles.some(({ region }) => isCrossed(truth, region, mosaic)));
    const describe = (results: readonly Found[]): Figures => {
      const now = matched(truths, results);
      return {
        accuracy: accuracyOf(now, results.length),
        lostAtSeams: truths.filter((_, i) => seams[i] && matchedAlone[i] && !now[i]).length,
        doubled: doubledIn(results),
      };
    };
    const ours = found.flatMap(({ score, mask }) => (mask ? [{ score, mask }] : []));
    const peer = sahiPython ? mergeBySahi(sahiPython, tiles, mosaic) : null;
    cases[`tile ${size}`] = {
      ratio: null,
      ours: { side: plan.side, scale: plan.scale, tiles: tiles.length, seconds, overhead, ...describe(ours) },
      peer: peer ? describe(peer) : {},
    };
  }
  return {
    name: 'tiles',
    ratio: null,
    ours: { nuclei: truths.length, singlePictures: accuracyOf(matchedAlone, single.length) },
    peer: {},
    machine: thisMachine(),
    cases,
  };
}

/** Reads the pictures, predicts each, and puts all into one. */
async function makeMosaic(
  predict: (picture: Picture) => Promise<readonly { score: number; mask: Rle | null }[]>,
) {
  const dataset = await readCocoDataset(join(data, 'val.json'));
  const images = dataset.images.filter(({ width, height }) => width === side && height === side);
  const rows = Math.floor(images.length / columns);
  const [width, height] = [columns * side, rows * side];
  const mosaic = { width, height, data: new Uint8Array(width * height * 3) };
  const truths: Rle[] = [];
  const single: Found[] = [];
  for (const [i, image] of images.slice(0, rows * columns).entries()) {
    const picture = await decodePicture(join(data, 'images', image.file_name!));
    const place = {
      left: (i % columns) * side,
      top: Math.floor(i / columns) * side,
      size: [height, width] as const,
    };
    for (let y = 0; y < side; y++) {
      const row = picture.data.subarray(y * side * 3, (y + 1) * side * 3);
      mosaic.data.set(row, ((place.top + y) * width + place.left) * 3);
    }
    for (const annotation of dataset.annotationsOf(image.id))
      truths.push(placeRle(maskOf(annotation, image), place));
    for (const { score, mask } of await predict(picture)) {
      if (mask) single.push({ score, mask: placeRle(mask, place) });
    }
  }
  return { mosaic, truths, single };
}

/** Whether each truth is matched by a result of IoU ≥ 0.5, one to one, best overlap first. */
function matched(truths: readonly Rle[], results: readonly Found[]): boolean[] {
  const iou = rleIou(
    results.map(({ mask }) => mask),
    truths,
  );
  const pairs = Array.from(iou, (value, at) => ({ value, at })).filter(({ value }) => value >= 0.5);
  pairs.sort((a, b) => b.value - a.value);
  const [usedResults, usedTruths] = [new Set<number>(), new Set<number>()];
  for (const { at } of pairs) {
    const [result, truth] = [Math.floor(at / truths.length), at % truths.length];
    if (usedResults.has(result) || usedTruths.has(truth)) continue;
    usedResults.add(result);
    usedTruths.add(truth);
  }
  return truths.map((_, i) => usedTruths.has(i));
}

function accuracyOf(found: readonly boolean[], results: number): number {
  const positives = found.filter(Boolean).length;
  return positives / (results + found.length - positives);
}

function doubledIn(results: readonly Found[]): number {
  let pairs = 0;
  for (const [i, one] of results.entries()) {
    for (const other of results.slice(i + 1)) {
      const shared = rleIntersection(one.mask, other.mask);
      if (shared > 0.5 * Math.min(rleArea(one.mask), rleArea(other.mask))) pairs++;
    }
  }
  return pairs;
}

/** Whether an edge of a tile that is not one of the picture's goes through an object. */
function isCrossed(
  truth: Rle,
  { left, top, width, height }: TileResult['region'],
  picture: Picture,
): boolean {
  const [x, y, w, h] = rleBox(truth);
  const meets = x < left + width && x + w > left && y < top + height && y + h > top;
  const crosses = (at: number, start: number, extent: number) => at > start && at < start + extent;
  return (
    meets &&
    ((left > 0 && crosses(left, x, w)) ||
      (left + width < picture.width && crosses(left + width, x, w)) ||
      (top > 0 && crosses(top, y, h)) ||
      (top + height < picture.height && crosses(top + height, y, h)))
  );
}

function mergeBySahi(python: string, tiles: readonly TileResult[], { width, height }: Picture): Found[] {
  const folder = mkdtempSync(join(tmpdir(), 'mask-rcnn-sahi-'));
  try {
    const input = join(folder, 'tiles.json');
    const detections = tiles.flatMap(({ found }) =>
      found.map(({ box, score, mask }) => ({
        box,
        score,
        polygons: mask && new InstanceMask(mask).toPolygons(),
      })),
    );
    writeFileSync(input, JSON.stringify({ width, height, detections }));
    const script = join(root, 'test', 'oracle', 'sahi_merge.py');
    const output = join(folder, 'merged.json');
    execFileSync(python, [script, input, output]);
    if (!existsSync(output)) throw new Error('SAHI wrote nothing');
    const merged = JSON.parse(readFileSync(output, 'utf8')) as { score: number; polygons: number[][] }[];
    return merged.map(({ score, polygons }) => ({ score, mask: rleFromPolygons(polygons, [height, width]) }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
