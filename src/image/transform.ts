import { type Interpolation, interpolateAlong } from '../core/interpolation.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import type { Picture } from './picture.ts';
import { stretchContrast } from './stretch.ts';

/** Limits for the size of resized pictures. */
export interface SizeLimits {
  /** The shorter side is resized to this many pixels … */
  readonly minSize: number;
  /** … unless the longer one would exceed this. */
  readonly maxSize: number;
  /** False: a picture is never shrunk to `minSize`. Default true. */
  readonly shrink?: boolean;
}

/** How a model's input is prepared: a part of its configuration. */
export interface Preprocess extends SizeLimits {
  /** Quantiles of the picture's values that are mapped to 0 and 1; null or absent: values are used as they are. */
  readonly stretch?: readonly [number, number] | null;
  /** Subtracted from red, green, blue in 0…1. */
  readonly mean: readonly [number, number, number];
  /** Then divided by. */
  readonly std: readonly [number, number, number];
}

export interface PreparedPicture {
  /** `[1, 3, H, W]`: normalised RGB; H and W are multiples of the divisor, the padding right and below is 0. */
  readonly tensor: Float32Tensor;
  /** Rows of the resized picture, without padding. */
  readonly height: number;
  /** Columns of the resized picture, without padding. */
  readonly width: number;
  /** Resized width divided by the picture's: the factor from x in the picture to x in the tensor. */
  readonly scaleX: number;
  /** The same for heights and y. */
  readonly scaleY: number;
}

/**
 * Turns a picture into the network's input: 0…255 → 0…1 → normalised, resized bilinearly with the aspect ratio kept,
 * padded with zeros (torchvision `GeneralizedRCNNTransform`). Like torchvision's, the resizing does not antialias.
 * @param sizeDivisor Height and width of the input become multiples of this: the stride of the model's backbone.
 * @param size Of the resized picture. Default: by the limits of `preprocess`.
 */
export function preparePicture(
  picture: Picture,
  preprocess: Preprocess,
  sizeDivisor: number,
  { width, height }: { readonly width: number; readonly height: number } = resizedSize(picture, preprocess),
): PreparedPicture {
  const paddedWidth = roundUp(width, sizeDivisor);
  const paddedHeight = roundUp(height, sizeDivisor);
  const planes = new Float32Array(3 * paddedHeight * paddedWidth);
  const { stretch } = preprocess;
  const rows = new RowResizer(stretch ? stretchContrast(picture, stretch) : picture, width, preprocess);
  const vertical = interpolateAlong(picture.height, new Float32Array(height));
  for (let y = 0; y < height; y++) {
    const above = rows.row(vertical.before[y]);
    const below = rows.row(Math.min(vertical.before[y] + 1, picture.height - 1));
    for (let channel = 0; channel < 3; channel++) {
      const out = planes.subarray((channel * paddedHeight + y) * paddedWidth);
      if (vertical.weight[y] === 0) out.set(above[channel]);
      else blend(out, vertical.weight[y], [above[channel], below[channel]]);
    }
  }
  return {
    tensor: float32Tensor([1, 3, paddedHeight, paddedWidth], planes),
    height,
    width,
    scaleX: width / picture.width,
    scaleY: height / picture.height,
  };
}

/**
 * The size in pixels of a picture after `preparePicture`, without padding:
 * ⌊side · min(minSize / shorter, maxSize / longer)⌋, but at least 1 (torch fails on 0). If `shrink` is false,
 * minSize / shorter is replaced by at least 1.
 */
export function resizedSize(
  size: { readonly width: number; readonly height: number },
  { minSize, maxSize, shrink = true }: SizeLimits,
): { width: number; height: number } {
  const { width, height } = size;
  // torch evaluates `number / tensor` as reciprocal times number in float32: 640 × 427 becomes 1199 × 799, while an
  // exact quotient would give 1199 × 800.
  const byShorter = Math.fround(Math.fround(1 / Math.min(width, height)) * minSize);
  const byLonger = Math.fround(Math.fround(1 / Math.max(width, height)) * maxSize);
  const scale = Math.min(shrink ? byShorter : Math.max(byShorter, 1), byLonger);
  return {
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
  };
}

/** A row of the picture, one array for each channel. */
type PlanarRow = readonly [Float32Array, Float32Array, Float32Array];

/**
 * Resizes single rows horizontally and normalises them. (v / 255 − mean) / std is linear and interpolation weights sum
 * to 1, so the order of the two does not matter. The last two rows are kept, since consecutive output rows need the
 * same ones.
 */
class RowResizer {
  readonly #picture: Picture;
  readonly #columns: Interpolation<Float32Array>;
  readonly #gain: readonly number[];
  readonly #offset: readonly number[];
  readonly #kept: { index: number; row: PlanarRow }[];

  constructor(picture: Picture, width: number, { mean, std }: Preprocess) {
    this.#picture = picture;
    this.#columns = interpolateAlong(picture.width, new Float32Array(width));
    this.#gain = std.map((deviation) => 1 / (255 * deviation));
    this.#offset = mean.map((average, channel) => -average / std[channel]);
    this.#kept = [0, 1].map(() => ({
      index: -1,
      row: [new Float32Array(width), new Float32Array(width), new Float32Array(width)],
    }));
  }

  /** Row `index` of the picture, resized; valid until two other rows have been requested. */
  row(index: number): PlanarRow {
    const slot = this.#kept[index % 2];
    if (slot.index !== index) {
      slot.index = index;
      this.#resize(index, slot.row);
    }
    return slot.row;
  }

  #resize(index: number, [red, green, blue]: PlanarRow): void {
    const { data, width } = this.#picture;
    const { before, weight } = this.#columns;
    const [redGain, greenGain, blueGain] = this.#gain;
    const [redOffset, greenOffset, blueOffset] = this.#offset;
    const start = index * width * 3;
    const last = start + (width - 1) * 3;
    for (let x = 0; x < red.length; x++) {
      const left = start + before[x] * 3;
      const right = Math.min(left + 3, last);
      const part = weight[x];
      red[x] = (data[left] + (data[right] - data[left]) * part) * redGain + redOffset;
      green[x] = (data[left + 1] + (data[right + 1] - data[left + 1]) * part) * greenGain + greenOffset;
      blue[x] = (data[left + 2] + (data[right + 2] - data[left + 2]) * part) * blueGain + blueOffset;
    }
  }
}

/** Writes `above · (1 − weight) + below · weight` to the start of `out`. */
function blend(
  out: Float32Array,
  weight: number,
  [above, below]: readonly [Float32Array, Float32Array],
): void {
  for (let x = 0; x < above.length; x++) out[x] = above[x] + (below[x] - above[x]) * weight;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
