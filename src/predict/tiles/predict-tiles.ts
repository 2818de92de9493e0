import { LocalContrast } from '../../image/local-contrast.ts';
import type { Picture } from '../../image/picture.ts';
import type { PictureRegions } from '../../image/picture-regions.ts';
import type { Region } from '../../image/region.ts';
import type { Size } from '../../ops/boxes.ts';
import { placeRle } from '../../ops/rle/place.ts';
import type { ChosenConfig } from '../choices.ts';
import type { PlacedInstance } from '../placed-instances.ts';
import { mergeTiles, type TileResult } from './merge-tiles.ts';
import { findScale } from './object-scale.ts';
import type { Tiling } from './tile-choice.ts';
import { tileRows } from './tile-grid.ts';
import { planTiles, type TilePlan } from './tile-plan.ts';

/** Predicts a picture in memory. Boxes and masks are in its pixels. */
export type PredictPicture = (
  picture: Picture,
  config: ChosenConfig,
) => Promise<{ found: PlacedInstance[]; omitted: number }>;

export interface TileWork {
  readonly picture: PictureRegions;
  readonly config: ChosenConfig;
  readonly tiling: Tiling;
  readonly predict: PredictPicture;
  /** Called before each tile, and at the end. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called with what each tile showed, before it is merged. */
  onTileResult?: ((result: TileResult) => void) | undefined;
}

export interface TiledPrediction {
  found: PlacedInstance[];
  /** Instances that the limit per tile left out. */
  omitted: number;
  plan: TilePlan;
}

/** Predicts a picture tile by tile, and merges what is found in more than one. */
export async function predictTiles(work: TileWork): Promise<TiledPrediction> {
  const { picture, config, tiling, onProgress } = work;
  const scale = tiling.scale ?? (await objectScale(work));
  const plan = planTiles(tiling, config, scale);
  const contrast = await measureContrast(work, plan);
  const rows = tileRows(picture, plan.side, plan.overlap);
  const total = rows.length * rows[0].length + (tiling.whole ? 1 : 0);
  const results: TileResult[] = [];
  let omitted = 0;
  for (const region of rows.flat()) {
    onProgress?.(results.length, total);
    const part = await picture.read(region);
    const answer = await work.predict(
      contrast?.stretch(part, region) ?? part,
      magnified(config, region, plan.scale),
    );
    omitted += answer.omitted;
    const result = placeTile(answer.found, region, { picture, scale: plan.scale });
    work.onTileResult?.(result);
    results.push(result);
  }
  if (tiling.whole) {
    onProgress?.(results.length, total);
    const region = { left: 0, top: 0, width: picture.width, height: picture.height };
    const answer = await work.predict(await picture.read(region), config);
    const large = answer.found.filter(({ box: [x1, y1, x2, y2] }) => {
      return Math.max(x2 - x1, y2 - y1) > plan.overlap * plan.side;
    });
    results.push({ region, found: large, cut: large.map(() => false) });
  }
  onProgress?.(total, total);
  return { found: mergeTiles(results), omitted, plan };
}

/** The magnification that makes objects as large as the model knows them; null where it does not record their size. */
async function objectScale({ picture, config, predict }: TileWork): Promise<number | null> {
  const { objectSize, minSize } = config.preprocess;
  if (objectSize === null) return null;
  return findScale(picture, { objectSize, input: minSize }, async (region, scale) => {
    const { preprocess, ...own } = magnified(config, region, scale);
    const { stretch } = config.preprocess;
    const part = await picture.read(region);
    return (await predict(part, { ...own, preprocess: { ...preprocess, stretch } })).found;
  });
}

/** The contrast of blocks that fill the network's input as the pictures do that the model was trained on. */
async function measureContrast(
  { picture, config }: TileWork,
  { scale }: TilePlan,
): Promise<LocalContrast | null> {
  const { stretch, minSize } = config.preprocess;
  return stretch && LocalContrast.measure(picture, Math.round(minSize / scale), stretch);
}

/** The configuration that magnifies a picture of a region's size, and leaves its contrast as it is. */
function magnified(config: ChosenConfig, { width, height }: Size, scale: number): ChosenConfig {
  const minSize = Math.max(1, Math.round(Math.min(width, height) * scale));
  const preprocess = { ...config.preprocess, minSize, maxSize: 2 ** 20, shrink: true, stretch: null };
  return { ...config, preprocess };
}

/** Moves what was found in a tile to its place in the picture. */
function placeTile(
  found: readonly PlacedInstance[],
  region: Region,
  { picture, scale }: { picture: Size; scale: number },
): TileResult {
  const { left, top, width, height } = region;
  const size = [picture.height, picture.width] as const;
  // The edge of a cut object is not exact.
  const margin = Math.max(1, 2 / scale);
  return {
    region,
    found: found.map((instance) => ({
      ...instance,
      box: moved(instance.box, region),
      mask: instance.mask && placeRle(instance.mask, { left, top, size }),
      pose: instance.pose && {
        ...instance.pose,
        points: instance.pose.points.map((point) => ({ ...point, x: point.x + left, y: point.y + top })),
      },
    })),
    cut: found.map(
      ({ box: [x1, y1, x2, y2] }) =>
        (left > 0 && x1 < margin) ||
        (top > 0 && y1 < margin) ||
        (left + width < picture.width && x2 > width - margin) ||
        (top + height < picture.height && y2 > height - margin),
    ),
  };
}

function moved([x1, y1, x2, y2]: PlacedInstance['box'], { left, top }: Region): PlacedInstance['box'] {
  return [x1 + left, y1 + top, x2 + left, y2 + top];
}
