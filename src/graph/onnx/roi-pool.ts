import type { OperationParameters, RoiPoolParameters } from '../operations.ts';
import { asFloat, asInt64, type Emission } from './emission.ts';

/**
 * RoIPool. The form `unequal` is ONNX's own MaxRoiPool, which rounds as torchvision's `roi_pool` does; the
 * form `dropping`, which has no operator, loops over the RoIs.
 */
export function emitRoiPool(emission: Emission, parameters: OperationParameters['roiPool']): void {
  const { node, value, integers, inputs, output } = emission;
  const [features, boxes, batchIndex] = inputs;
  if (parameters.form === 'unequal') {
    const picture = value('Unsqueeze', [asFloat(value, batchIndex), integers(1)]);
    node('MaxRoiPool', [features, value('Concat', [picture, boxes], { axis: 1 })], output, {
      pooled_shape: [parameters.resolution, parameters.resolution],
      spatial_scale: { float: parameters.spatialScale },
    });
    return;
  }
  const regions = regionsOf(emission, { features, boxes, batchIndex }, parameters);
  const body = ({ columnMaxima, rowsOfBins }: RegionBody) =>
    value('ReduceMax', [rowsOfBins(columnMaxima)], { axes: [2], keepdims: 0 });
  const maxima = loopOverRegions(emission, regions, { dtype: 'float32', body });
  node('Mul', [maxima, regions.filled], output);
}

/**
 * Gradient of RoIPool: each bin's gradient goes to the position of its (first) maximum. Positions are found
 * in a loop over RoIs; one ScatterElements sums the gradients of all bins that share a maximum.
 */
export function emitRoiPoolGradient(
  emission: Emission,
  parameters: OperationParameters['roiPoolGradient'],
): void {
  const { node, value, integers, constant, inputs, output } = emission;
  const [dy, features, boxes, batchIndex] = inputs;
  const regions = regionsOf(emission, { features, boxes, batchIndex }, parameters);
  const [, channels] = emission.operands[1].shape as readonly number[];
  const ofChannel = constant({
    dtype: 'int64',
    shape: [channels, 1, 1],
    data: BigInt64Array.from({ length: channels }, (_, c) => BigInt(c)),
  });
  const { height, width } = regions;

  const body = ({ columns, rows, columnMaxima, columnCandidates, rowsOfBins, picture }: RegionBody) => {
    // Columns are counted from the start of their bin, rows from the top of the region.
    const inBin = value('ArgMax', [columnCandidates], { axis: 3, keepdims: 0 });
    const column = value('Add', [inBin, columns.first]);
    const rowInBin = value('ArgMax', [rowsOfBins(columnMaxima)], { axis: 2, keepdims: 0 });
    const row = value('Add', [rowInBin, value('Unsqueeze', [rows.first, integers(1)])]);
    const atRow = value('GatherElements', [column, value('Sub', [row, rows.origin])], { axis: 1 });
    const plane = value('Add', [value('Mul', [picture, integers(channels)]), ofChannel]);
    const line = value('Add', [value('Mul', [plane, height]), row]);
    return value('Add', [value('Mul', [line, width]), atRow]);
  };
  const places = loopOverRegions(emission, regions, { dtype: 'int64', body });

  const extents = value('Shape', [features]);
  const size = value('ReduceProd', [extents], { axes: [0] });
  const zeros = value('ConstantOfShape', [size]);
  const flat = (tensor: string) => value('Reshape', [tensor, integers(-1)]);
  const updates = flat(value('Mul', [dy, regions.filled]));
  const sums = value('ScatterElements', [zeros, flat(places), updates], { axis: 0, reduction: 'add' });
  node('Reshape', [sums, extents], output);
}

/** One axis of all RoIs, in whole feature pixels inside the map. */
interface AxisBins {
  /**
   * First and last pixel of each bin, `[R, resolution]` int64. An empty bin is listed with one pixel, which
   * is ignored.
   */
  first: string;
  last: string;
  /** 1 if a bin has pixels, else 0: `[R, resolution]` float32. */
  filled: string;
}

interface Regions {
  features: string;
  batchIndex: string;
  rows: AxisBins;
  columns: AxisBins;
  /** `[1]` int64 */
  height: string;
  width: string;
  /** `[R, 1, resolution, resolution]` float32, 0 for empty bins. */
  filled: string;
  resolution: number;
  channels: number;
}

function regionsOf(
  emission: Emission,
  { features, boxes, batchIndex }: { features: string; boxes: string; batchIndex: string },
  parameters: RoiPoolParameters,
): Regions {
  const { value, integers, operands, inputs } = emission;
  const extent = (axis: number) => value('Shape', [features], { start: axis, end: axis + 1 });
  const [height, width] = [extent(2), extent(3)];
  const rows = axisBins(emission, boxes, parameters, { firstCorner: 1, extent: height });
  const columns = axisBins(emission, boxes, parameters, { firstCorner: 0, extent: width });
  const filled = value('Mul', [
    value('Unsqueeze', [rows.filled, integers(1, 3)]),
    value('Unsqueeze', [columns.filled, integers(1, 2)]),
  ]);
  const channels = operands[inputs.indexOf(features)].shape[1] as number;
  const { resolution } = parameters;
  return { features, batchIndex, rows, columns, height, width, filled, resolution, channels };
}

/** The two quantisations along one axis: of the RoI, then of its bins. */
function axisBins(
  { value, integers, number, constant }: Emission,
  boxes: string,
  { resolution, spatialScale, form }: RoiPoolParameters,
  { firstCorner, extent }: { firstCorner: 0 | 1; extent: string },
): AxisBins {
  const corner = (column: number) =>
    value('Mul', [value('Gather', [boxes, integers(column)], { axis: 1 }), number(spatialScale)]);
  const bins = (offset: number) =>
    constant({
      dtype: 'float32',
      shape: [1, resolution],
      data: Float32Array.from({ length: resolution }, (_, i) => i + offset),
    });
  const quantise = form === 'unequal' ? (x: string) => roundHalfAway(value, number, x) : floor;
  function floor(x: string): string {
    return value('Floor', [x]);
  }
  // [R, 1] each
  const start = quantise(corner(firstCorner));
  const pixels = value('Sub', [quantise(corner(firstCorner + 2)), start]);
  const one = number(1);
  // torchvision's corners are both inclusive; in the paper's form the second is exclusive.
  const count = value('Max', [form === 'unequal' ? value('Add', [pixels, one]) : pixels, one]);
  const exact = value('Div', [count, number(resolution)]);
  const size = form === 'unequal' ? exact : floor(exact);
  const from = value('Add', [floor(value('Mul', [bins(0), size])), start]);
  const to = value('Add', [value('Ceil', [value('Mul', [bins(1), size])]), start]);

  const limit = asFloat(value, extent);
  const zero = number(0);
  const inside = (x: string) => value('Min', [value('Max', [x, zero]), limit]);
  const [first, end] = [inside(from), inside(to)];
  const lastOfMap = value('Sub', [limit, one]);
  const safeFirst = value('Min', [first, lastOfMap]);
  const safeLast = value('Max', [value('Sub', [end, one]), safeFirst]);
  return {
    first: asInt64(value, safeFirst),
    last: asInt64(value, safeLast),
    filled: asFloat(value, value('Greater', [end, first])),
  };
}

/** C's `round`: halves away from zero. */
function roundHalfAway(value: Emission['value'], number: Emission['number'], x: string): string {
  const magnitude = value('Floor', [value('Add', [value('Abs', [x]), number(0.5)])]);
  return value('Mul', [value('Sign', [x]), magnitude]);
}

/** One axis of one RoI, inside the loop. */
interface RegionAxis {
  /** First pixel of each bin, `[resolution]` int64, counted in the map. */
  first: string;
  /** First pixel of the region, `[1]` int64. */
  origin: string;
  /** Pixels of each bin, counted in the region; `[resolution · longest]` int64, the last one repeated. */
  pixels: string;
}

/** Values of one RoI in the loop's body; its pixels are the region `[C, h, w]`. */
interface RegionBody {
  picture: string;
  rows: RegionAxis;
  columns: RegionAxis;
  /** `[C, h, resolution, longest]` */
  columnCandidates: string;
  /** The maximum of each row of the region in each column of bins: `[C, h, resolution]`. */
  columnMaxima: string;
  /** `[C, h, resolution]` → `[C, resolution, longest, resolution]` */
  rowsOfBins(values: string): string;
}

/**
 * Stacks the results of `body` for all RoIs, `[C, resolution, resolution]` each, to `[R, C, resolution,
 * resolution]`.
 */
function loopOverRegions(
  emission: Emission,
  { features, batchIndex, resolution, channels, ...axes }: Regions,
  { dtype, body }: { dtype: 'float32' | 'int64'; body: (region: RegionBody) => string },
): string {
  const { value, integers, unused, collect } = emission;
  const trips = value('Squeeze', [value('Shape', [batchIndex])]);
  const [iteration, condition] = ['iteration', 'condition'].map(unused);
  const { nodes, result } = collect(() => {
    const picture = value('Unsqueeze', [value('Gather', [batchIndex, iteration]), integers(0)]);
    const rows = regionAxis(emission, axes.rows, iteration);
    const columns = regionAxis(emission, axes.columns, iteration);
    const one = integers(1);
    const corner = (y: string, x: string, n: string) => value('Concat', [n, y, x], { axis: 0 });
    const region = value('Slice', [
      features,
      corner(rows.origin, columns.origin, picture),
      corner(rows.end, columns.end, value('Add', [picture, one])),
      integers(0, 2, 3),
    ]);
    const inPicture = value('Squeeze', [region, integers(0)]);
    const columnCandidates = value('Reshape', [
      value('Gather', [inPicture, columns.pixels], { axis: 2 }),
      integers(channels, 0, resolution, -1),
    ]);
    const columnMaxima = value('ReduceMax', [columnCandidates], { axes: [3], keepdims: 0 });
    const rowsOfBins = (values: string) =>
      value('Reshape', [
        value('Gather', [values, rows.pixels], { axis: 1 }),
        integers(channels, resolution, -1, resolution),
      ]);
    return {
      again: value('Identity', [condition]),
      made: body({ picture, rows, columns, columnCandidates, columnMaxima, rowsOfBins }),
    };
  });
  return value('Loop', [trips, ''], {
    body: {
      subgraph: {
        name: 'region',
        inputs: [
          { name: iteration, dtype: 'int64', shape: [] },
          { name: condition, dtype: 'bool', shape: [] },
        ],
        outputs: [
          { name: result.again, dtype: 'bool', shape: [] },
          { name: result.made, dtype, shape: [channels, resolution, resolution] },
        ],
        nodes,
      },
    },
  });
}

function regionAxis(
  { value, integers, number }: Emission,
  bins: AxisBins,
  iteration: string,
): RegionAxis & { end: string } {
  const first = value('Gather', [bins.first, iteration]);
  const last = value('Gather', [bins.last, iteration]);
  const one = integers(1);
  const origin = value('ReduceMin', [first], { axes: [0] });
  const end = value('Add', [value('ReduceMax', [last], { axes: [0] }), one]);
  const longest = value('ReduceMax', [value('Sub', [last, first])], { axes: [0], keepdims: 0 });
  const steps = asInt64(
    value,
    value('Range', [number(0), value('Add', [asFloat(value, longest), number(1)]), number(1)]),
  );
  const column = (list: string) => value('Unsqueeze', [list, one]);
  const pixels = value('Min', [value('Add', [column(first), steps]), column(last)]);
  const inRegion = value('Sub', [value('Reshape', [pixels, integers(-1)]), origin]);
  return { first, origin, end, pixels: inRegion };
}
