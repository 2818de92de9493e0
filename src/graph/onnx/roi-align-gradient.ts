import type { OperationParameters, RoiAlignParameters } from '../operations.ts';
import { asFloat, type Emission } from './emission.ts';

/**
 * Feature pixels along each side of a tile: larger tiles waste arithmetic on zeros, smaller ones add
 * overhead.
 */
const tile = { rows: 16, columns: 32 } as const;

/**
 * Gradient of RoIAlign without scattering. Bilinear sampling is separable: a RoI's output is `By · F · Bxᵀ`,
 * where row p of `By` (`[resolution, H]`) holds the weight of every feature row in bin row p. So the gradient
 * is `Σ Byᵀ · dY · Bx` over RoIs, a matrix product over all (RoI, bin row) pairs, whose sum has a fixed
 * order: bit-identical in every run, however many RoIs overlap. The map is processed in tiles, each with the
 * pairs that touch it; a product over the whole map would mostly multiply zeros.
 */
export function emitRoiAlignGradient(
  emission: Emission,
  parameters: OperationParameters['roiAlignGradient'],
): void {
  const { node, value, integers, number, inputs, output } = emission;
  const [dy, boxes, batchIndex] = inputs;
  const { resolution, shape } = parameters;
  const channels = shape[1] as number;
  const extents = inputs[3] ?? integers(...(shape as readonly number[]));
  const extentAt = (axis: number) => value('Gather', [extents, integers(axis)]);
  const [pictures, , height, width] = [0, 1, 2, 3].map(extentAt);
  const rois = value('Shape', [boxes], { start: 0, end: 1 });

  const along = (firstCorner: 0 | 1, extent: string, tileSize: number) => {
    const padded = value('Add', [extent, integers(tileSize - 1)]);
    const tiles = value('Div', [padded, integers(tileSize)]);
    const weights = binWeights(emission, boxes, parameters, {
      firstCorner,
      extent,
      gridSize: value('Mul', [tiles, integers(tileSize)]),
    });
    const split = value('Concat', [rois, integers(resolution), tiles, integers(tileSize)], { axis: 0 });
    return {
      tiles,
      weights: value('Transpose', [value('Reshape', [weights, split])], { perm: [2, 0, 1, 3] }),
    };
  };
  /** weights: `[tiles, R, resolution, extent of a tile]` */
  const rows = along(1, height, tile.rows);
  const columns = along(0, width, tile.columns);
  const zero = number(0);
  const touched = (weights: string, axes: number[]) =>
    value('Greater', [value('ReduceMax', [weights], { axes, keepdims: 0 }), zero]);
  const rowTouched = touched(rows.weights, [3]);
  const columnTouched = touched(columns.weights, [2, 3]);
  // One row for each (RoI, bin row): [R · resolution, C, resolution].
  const gradientRows = value('Reshape', [
    value('Transpose', [dy], { perm: [0, 2, 1, 3] }),
    integers(-1, channels, resolution),
  ]);

  // A row for each (tile row, RoI, bin row), and a matrix for each (tile column, RoI).
  const rowWeights = value('Reshape', [rows.weights, integers(-1, tile.rows)]);
  const columnWeights = value('Reshape', [columns.weights, integers(-1, resolution, tile.columns)]);
  const pairsEach = value('Mul', [rois, integers(resolution)]);

  const tilesEach = value('Mul', [rows.tiles, columns.tiles]);
  const trips = value('Mul', [pictures, tilesEach]);
  const scalar = (list: string) => value('Squeeze', [list]);
  const [perPicture, perRow, tripCount] = [tilesEach, columns.tiles, trips].map(scalar);
  const [iteration, condition] = ['iteration', 'condition'].map(emission.unused);
  const body = emission.collect(() => {
    const inPicture = value('Mod', [iteration, perPicture]);
    const row = value('Div', [inPicture, perRow]);
    const column = value('Mod', [inPicture, perRow]);
    const picture = value('Div', [iteration, perPicture]);
    const here = value('And', [
      value('Gather', [columnTouched, column]),
      value('Equal', [batchIndex, picture]),
    ]);
    const pairs = value('NonZero', [
      value('And', [value('Gather', [rowTouched, row]), value('Unsqueeze', [here, integers(1)])]),
    ]);
    const one = (position: number) =>
      value('Squeeze', [value('Gather', [pairs, integers(position)]), integers(0)]);
    const roi = one(0);
    const pair = value('Add', [value('Mul', [roi, integers(resolution)]), one(1)]);

    const inRow = value('Add', [value('Mul', [row, pairsEach]), pair]);
    const inColumn = value('Add', [value('Mul', [column, rois]), roi]);
    const spread = value('MatMul', [
      value('Gather', [gradientRows, pair]),
      value('Gather', [columnWeights, inColumn]),
    ]);
    const flat = value('Reshape', [spread, integers(-1, channels * tile.columns)]);
    return {
      again: value('Identity', [condition]),
      sum: value('Gemm', [value('Gather', [rowWeights, inRow]), flat], { transA: 1 }),
    };
  });

  const loop = value('Loop', [tripCount, ''], {
    body: {
      subgraph: {
        name: 'tile',
        inputs: [
          { name: iteration, dtype: 'int64', shape: [] },
          { name: condition, dtype: 'bool', shape: [] },
        ],
        outputs: [
          { name: body.result.again, dtype: 'bool', shape: [] },
          { name: body.result.sum, dtype: 'float32', shape: [tile.rows, channels * tile.columns] },
        ],
        nodes: body.nodes,
      },
    },
  });
  const concat = (...parts: string[]) => value('Concat', parts, { axis: 0 });
  const tiled = value('Reshape', [
    loop,
    concat(
      pictures,
      rows.tiles,
      columns.tiles,
      integers(tile.rows),
      integers(channels),
      integers(tile.columns),
    ),
  ]);
  const map = value('Reshape', [
    value('Transpose', [tiled], { perm: [0, 4, 1, 3, 2, 5] }),
    concat(
      pictures,
      integers(channels),
      value('Mul', [rows.tiles, integers(tile.rows)]),
      value('Mul', [columns.tiles, integers(tile.columns)]),
    ),
  ]);
  node('Slice', [map, integers(0, 0), concat(height, width), integers(2, 3)], output);
}

interface AxisOfMap {
  /** Column of the box's first coordinate on this axis: 0 for x, 1 for y. */
  firstCorner: 0 | 1;
  /** Extent of the features, `[1]` int64. */
  extent: string;
  /** Length of the result's last axis, at least `extent`; `[1]` int64. */
  gridSize: string;
}

/**
 * The weights of feature rows (or columns) in bins: `[R, resolution, gridSize]`. A sampling point at y gives
 * row h the weight max(0, 1 − |clamp(y) − h|), or 0 if it lies more than a pixel outside (torchvision
 * `roi_align_kernel.cpp`, `bilinear_interpolate`).
 */
function binWeights(
  { value, number, integers, constant }: Emission,
  boxes: string,
  { resolution, spatialScale, samplingRatio, aligned }: RoiAlignParameters,
  { firstCorner, extent, gridSize }: AxisOfMap,
): string {
  const float = (integer: string) => asFloat(value, integer);
  const corner = (column: number) => {
    const scaled = value('Mul', [
      value('Gather', [boxes, integers(column)], { axis: 1 }),
      number(spatialScale),
    ]);
    const placed = aligned ? value('Sub', [scaled, number(0.5)]) : scaled;
    return value('Unsqueeze', [placed, integers(2)]);
  };
  // [R, 1, 1] each
  const start = corner(firstCorner);
  const length = value('Sub', [corner(firstCorner + 2), start]);
  const bin = value('Div', [aligned ? length : value('Max', [length, number(1)]), number(resolution)]);
  const wanted = samplingRatio > 0 ? number(samplingRatio) : value('Ceil', [bin]);
  const samples = value('Max', [wanted, number(1)]);
  const most =
    samplingRatio > 0
      ? samples
      : value(
          'ReduceMax',
          [value('Concat', [value('Reshape', [samples, integers(-1)]), float(integers(1))], { axis: 0 })],
          { keepdims: 0 },
        );

  const range = (end: string) => value('Range', [number(0), value('Squeeze', [end]), number(1)]);
  const sample = range(most);
  const taken = float(value('Less', [sample, wanted]));
  const offset = value('Div', [value('Add', [sample, number(0.5)]), samples]);
  const bins = constant({
    dtype: 'float32',
    shape: [resolution, 1],
    data: Float32Array.from({ length: resolution }, (_, i) => i),
  });
  // [R, resolution, samples]
  const at = value('Add', [start, value('Mul', [value('Add', [bins, offset]), bin])]);
  const last = value('Sub', [float(extent), number(1)]);
  const inside = value('And', [
    value('GreaterOrEqual', [at, number(-1)]),
    value('LessOrEqual', [at, float(extent)]),
  ]);
  const weight = value('Mul', [float(inside), value('Div', [taken, samples])]);

  const clamped = value('Clip', [at, number(0), value('Squeeze', [last])]);
  const apart = value('Abs', [
    value('Sub', [value('Unsqueeze', [clamped, integers(3)]), range(float(gridSize))]),
  ]);
  const near = value('Relu', [value('Sub', [number(1), apart])]);
  const weighted = value('Mul', [near, value('Unsqueeze', [weight, integers(3)])]);
  return value('ReduceSum', [weighted, integers(2)], { keepdims: 0 });
}
