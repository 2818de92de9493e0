import type { PreprocessConfig } from '../config/schema.ts';
import { blend, interpolation } from './interpolation.ts';
import type { Operators } from './operators.ts';
import { flooredProduct } from './split-product.ts';
import { contrastTable } from './stretch.ts';

/** Height and width, `[1]` int64 each. */
export interface ImageSize {
  readonly height: string;
  readonly width: string;
}

/** The network's input. */
export interface PreparedInput {
  /** `[1, 3, H, W]`, H and W multiples of the divisor. */
  readonly tensor: string;
  /** Of the picture. */
  readonly original: ImageSize;
  /** Of the resized picture, without padding. */
  readonly resized: ImageSize;
  /** With padding. */
  readonly padded: ImageSize;
}

/**
 * `preparePicture` (image/transform.ts) as nodes: contrast, size, bilinear resizing without antialiasing, normalisation,
 * zeros to the right and below.
 * @param picture `[height, width, 3]` uint8.
 */
export function preparedInput(
  o: Operators,
  picture: string,
  preprocess: PreprocessConfig,
  divisor: number,
): PreparedInput {
  const original = { height: o.extent(picture, 0), width: o.extent(picture, 1) };
  const resized = resizedSize(o, original, preprocess);
  const along = (from: string, to: string) => {
    const scale = o.div(o.cast(from, 'float32'), o.cast(to, 'float32'));
    return interpolation(o, scale, { from, to });
  };
  const rows = along(original.height, resized.height);
  const columns = along(original.width, resized.width);
  const table = preprocess.stretch ? contrastTable(o, picture, preprocess.stretch) : null;
  const row = (indices: string) => {
    const values = o.gather(picture, indices);
    return table === null ? o.cast(values, 'float32') : o.gather(table, o.cast(values, 'int32'));
  };
  const low = blend(o, [row(rows.before), row(rows.after)], o.reshape(rows.weight, [-1, 1, 1]));
  const column = (indices: string) => o.gather(low, indices, 1);
  const small = blend(
    o,
    [column(columns.before), column(columns.after)],
    o.reshape(columns.weight, [1, -1, 1]),
  );

  const { mean, std } = preprocess;
  const gain = o.float(...std.map((deviation) => 1 / (255 * deviation)));
  const offset = o.float(...std.map((deviation, channel) => -mean[channel] / deviation));
  const planes = o.unsqueeze(o.transpose(o.add(o.mul(small, gain), offset), 2, 0, 1), 0);

  const roundUp = (extent: string) =>
    o.mul(o.div(o.add(extent, o.int(divisor - 1)), o.int(divisor)), o.int(divisor));
  const padded = { height: roundUp(resized.height), width: roundUp(resized.width) };
  const below = o.sub(padded.height, resized.height);
  const right = o.sub(padded.width, resized.width);
  const tensor = o.apply('Pad', planes, o.concat([o.int(0, 0, 0, 0, 0, 0), below, right]));
  return { tensor, original, resized, padded };
}

/** `resizedSize` (image/transform.ts): each step is rounded to float32 there too. */
function resizedSize(
  o: Operators,
  { height, width }: ImageSize,
  { minSize, maxSize, shrink }: PreprocessConfig,
): ImageSize {
  const sides = [o.cast(height, 'float32'), o.cast(width, 'float32')];
  // ONNX Runtime would replace 1 / side · limit by a single division, which is rounded differently.
  const reach = (side: string, limit: number) => o.mul(o.div(2, side), limit / 2);
  const byShorter = reach(o.min(sides[0], sides[1]), minSize);
  const byLonger = reach(o.max(sides[0], sides[1]), maxSize);
  const scale = o.min(shrink ? byShorter : o.max(byShorter, 1), byLonger);
  const [newHeight, newWidth] = sides.map((side) =>
    o.cast(o.max(flooredProduct(o, side, scale), 1), 'int64'),
  );
  return { height: newHeight, width: newWidth };
}
