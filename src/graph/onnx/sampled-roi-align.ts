import { float32Tensor } from '../../core/tensor.ts';
import type { RoiAlignParameters } from '../operations.ts';
import { asFloat, type Emission } from './emission.ts';

/** A coordinate outside every map, once GridSample has scaled it. */
const outside = -3;

/**
 * RoIAlign as GridSample: the sampling points of all RoIs form one grid over the map, and each bin is the
 * mean of its points. The pictures of a batch are stacked vertically in one tall map; each point is first
 * clamped to its own picture, so that none reads a neighbour's pixels.
 * @param parameters With a sampling ratio above 0, so that the number of points does not depend on the RoI.
 */
export function emitSampledRoiAlign(emission: Emission, parameters: RoiAlignParameters): void {
  const { node, value, integers, operands, output, inputs } = emission;
  const { resolution, samplingRatio } = parameters;
  const points = resolution * samplingRatio;
  const [pictures, channels] = operands[0].shape;
  const extents = value('Shape', [inputs[0]]);
  const [height, width] = [2, 3].map((axis) => asFloat(value, value('Gather', [extents, integers(axis)])));

  const x = positions(emission, parameters, 0);
  const y = positions(emission, parameters, 1);
  const row = pictures === 1 ? y.inside(height) : belowEachOther(emission, y.inside(height), height);
  const rows =
    pictures === 1 ? height : value('Mul', [height, asFloat(value, value('Gather', [extents, integers(0)]))]);
  const across = marked(emission, x.exact, {
    scaled: scaled(emission, x.inside(width), width),
    extent: width,
  });
  const down = marked(emission, y.exact, { scaled: scaled(emission, row, rows), extent: height });

  const count = value('Shape', [inputs[1]], { start: 0, end: 1 });
  const square = value('Concat', [count, integers(points, points, 1)], { axis: 0 });
  const spread = (name: string, shape: readonly number[]) =>
    value('Expand', [value('Reshape', [name, integers(...shape)]), square]);
  const pairs = [spread(across, [-1, 1, points, 1]), spread(down, [-1, points, 1, 1])];
  const grid = value('Reshape', [value('Concat', pairs, { axis: 3 }), integers(1, -1, points, 2)]);
  const pooled = average(emission, oneMap(emission, extents), { grid, samplingRatio, points });
  const byChannel = value('Reshape', [pooled, integers(Number(channels), -1, resolution, resolution)]);
  node('Transpose', [byChannel], output, { perm: [1, 0, 2, 3] });
}

/** Samples the map and averages the points of each bin: `[1, C, R · resolution, resolution]`. */
function average(
  { value, constant, integers }: Emission,
  map: string,
  { grid, samplingRatio, points }: { grid: string; samplingRatio: number; points: number },
): string {
  const sample = (at: string) =>
    value('GridSample', [map, at], { mode: 'bilinear', padding_mode: 'zeros', align_corners: 0 });
  if (samplingRatio === 1) return sample(grid);
  // One extra row of bins, removed again afterwards: AveragePool rejects an empty input.
  const spare = constant(
    float32Tensor([1, samplingRatio, points, 2], new Float32Array(2 * samplingRatio * points)),
  );
  const window = { kernel_shape: [samplingRatio, samplingRatio], strides: [samplingRatio, samplingRatio] };
  const bins = value('AveragePool', [sample(value('Concat', [grid, spare], { axis: 1 }))], window);
  return value('Slice', [bins, integers(0), integers(-1), integers(2)]);
}

/** The sampling positions along an axis, in feature pixels, `[R, points]`, raw and clamped to the map. */
function positions(
  { value, number, constant, integers, inputs }: Emission,
  { resolution, samplingRatio, spatialScale, aligned }: RoiAlignParameters,
  axis: 0 | 1,
) {
  const points = resolution * samplingRatio;
  const column = (i: number) => value('Slice', [inputs[1], integers(i), integers(i + 1), integers(1)]);
  const scaledCorner = (i: number) => {
    const corner = value('Mul', [column(i), number(spatialScale)]);
    return aligned ? value('Sub', [corner, number(0.5)]) : corner;
  };
  const [start, end] = [scaledCorner(axis), scaledCorner(axis + 2)];
  const length = value('Sub', [end, start]);
  // Without the half-pixel shift, RoIs are at least one feature pixel in size.
  const size = aligned ? length : value('Clip', [length, number(1)]);
  const shares = Float32Array.from({ length: points }, (_, i) => (i + 0.5) / points);
  const exact = value('Add', [start, value('Mul', [size, constant(float32Tensor([1, points], shares))])]);
  return {
    exact,
    inside: (extent: string) => {
      const last = value('Sub', [extent, number(1)]);
      const low = value('Clip', [exact, number(0)]);
      return value('Where', [value('Less', [low, last]), low, last]);
    },
  };
}

/** The rows of each RoI's own picture in the tall map. */
function belowEachOther(emission: Emission, rows: string, height: string): string {
  const { value, integers, inputs } = emission;
  const index = asFloat(value, value('Reshape', [inputs[2], integers(-1, 1)]));
  return value('Add', [rows, value('Mul', [index, height])]);
}

/** Positions in GridSample's units: −1 and 1 are the outer edges of the first and the last pixel. */
function scaled({ value, number }: Emission, position: string, extent: string): string {
  const twice = value('Add', [value('Mul', [position, number(2)]), number(1)]);
  return value('Sub', [value('Div', [twice, extent]), number(1)]);
}

/** The scaled positions; those more than a pixel outside the map are moved to where every sample is 0. */
function marked(
  { value, number }: Emission,
  exact: string,
  { scaled: inside, extent }: { scaled: string; extent: string },
): string {
  const notBefore = value('Where', [value('GreaterOrEqual', [exact, number(-1)]), inside, number(outside)]);
  return value('Where', [value('LessOrEqual', [exact, extent]), notBefore, number(outside)]);
}

/** `[N, C, H, W]` → `[1, C, N · H, W]` */
function oneMap({ value, integers, operands, inputs }: Emission, extents: string): string {
  const [pictures, channels] = operands[0].shape;
  if (pictures === 1) return inputs[0];
  const byChannel = value('Transpose', [inputs[0]], { perm: [1, 0, 2, 3] });
  const width = value('Gather', [extents, integers(3)]);
  return value('Reshape', [
    byChannel,
    value('Concat', [integers(1, Number(channels), -1), width], { axis: 0 }),
  ]);
}
