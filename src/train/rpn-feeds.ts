import type { ModelConfig, RpnConfig } from '../config/schema.ts';
import type { Random } from '../core/random.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/load/batch.ts';
import { type RpnLevelOutput, selectProposals } from '../model/proposals.ts';
import { levelsOf } from '../model/structure.ts';
import { allAnchors, type RpnTargets, rpnTargets } from '../model/targets-rpn.ts';
import { rpnTargetNames } from '../model/training-graphs.ts';

/** Stage 4 for each picture of a batch. @returns `[R, 4]` for each. */
export function proposalsOf(
  levels: readonly RpnLevelOutput[],
  batch: Batch,
  config: RpnConfig,
): Float32Array[] {
  const [, , height, width] = batch.images.shape;
  const { preNmsTopN, postNmsTopN } = config.training;
  return batch.sizes.map((picture, n) => {
    const own = levels.map(({ objectness, deltas }) => ({
      objectness: pictureOf(objectness, n),
      deltas: pictureOf(deltas, n),
    }));
    const limits = { ...config, preNmsTopN, postNmsTopN };
    return selectProposals(own, limits, { picture, padded: { height, width } }).boxes;
  });
}

/**
 * Stage 5 for the RPN: samples anchors in each picture and writes their targets into maps of the shape of the
 * RPN's outputs.
 * @returns The late inputs of the trunk.
 */
export function rpnFeeds(
  levels: readonly RpnLevelOutput[],
  batch: Batch,
  { rpn, ...config }: Pick<ModelConfig, 'rpn' | 'structure' | 'fpn'>,
  random: Random,
): Record<string, Float32Tensor> {
  const [, , height, width] = batch.images.shape;
  const grids = levels.map(({ objectness: { shape } }) => ({ rows: shape[2], columns: shape[3] }));
  const anchors = allAnchors(rpn, grids, { height, width });
  const targets = batch.truths.map((truth, n) => {
    const objectness = (anchor: number) => {
      const { level, index } = locate(levels, anchor, n);
      return level.objectness.data[index];
    };
    return rpnTargets({ boxes: anchors, objectness }, truth, rpn.training, random);
  });
  const sampled = targets.reduce((sum, { positive, negative }) => sum + positive.length + negative.length, 0);
  const maps = levels.map(({ objectness, deltas }) => ({
    objectness: zerosLike(objectness),
    objectnessWeights: zerosLike(objectness),
    deltas: zerosLike(deltas),
    deltasWeights: zerosLike(deltas),
  }));
  targets.forEach((target, n) => {
    fillMaps(maps, target, n, 1 / sampled);
  });
  const named = levelsOf(config).rpn.flatMap(({ name }, i) => {
    const names = rpnTargetNames(name);
    return (Object.keys(names) as (keyof typeof names)[]).map((key) => [names[key], maps[i][key]] as const);
  });
  return Object.fromEntries(named);
}

interface LevelMaps {
  objectness: Float32Tensor;
  objectnessWeights: Float32Tensor;
  deltas: Float32Tensor;
  deltasWeights: Float32Tensor;
}

function fillMaps(maps: readonly LevelMaps[], target: RpnTargets, picture: number, weight: number): void {
  for (const anchor of target.negative) {
    const { level, index } = locate(maps, anchor, picture);
    level.objectnessWeights.data[index] = weight;
  }
  target.positive.forEach((anchor, i) => {
    const { level, index, deltaIndex, locations } = locate(maps, anchor, picture);
    level.objectness.data[index] = 1;
    level.objectnessWeights.data[index] = weight;
    for (let c = 0; c < 4; c++) {
      level.deltas.data[deltaIndex + c * locations] = target.deltas[4 * i + c];
      level.deltasWeights.data[deltaIndex + c * locations] = weight;
    }
  });
}

/**
 * The position of an anchor (level by level, then row, column, shape) in maps `[N, A, h, w]` and `[N, 4·A, h,
 * w]`.
 */
function locate<Level extends { objectness: Float32Tensor }>(
  maps: readonly Level[],
  anchor: number,
  picture: number,
) {
  let rest = anchor;
  for (const level of maps) {
    const [, shapes, rows, columns] = level.objectness.shape;
    const locations = rows * columns;
    if (rest < locations * shapes) {
      const shape = rest % shapes;
      const location = Math.floor(rest / shapes);
      const index = (picture * shapes + shape) * locations + location;
      return { level, index, deltaIndex: (picture * shapes + shape) * 4 * locations + location, locations };
    }
    rest -= locations * shapes;
  }
  throw new RangeError(`there is no anchor ${anchor}`);
}

/** One picture of a batch as a batch of its own; a view, not a copy. */
function pictureOf({ shape, data }: Float32Tensor, picture: number): Float32Tensor {
  const size = data.length / shape[0];
  return float32Tensor([1, ...shape.slice(1)], data.subarray(picture * size, (picture + 1) * size));
}

function zerosLike({ shape, data }: Float32Tensor): Float32Tensor {
  return float32Tensor(shape, new Float32Array(data.length));
}
