import type { Size } from './fields.ts';
import { solidPixels } from './solid.ts';
import type { Layer } from './warp.ts';

/** The visible part of a layer of a stack. */
export interface Visible {
  /** Index of the layer, 0 lowest. */
  readonly index: number;
  /** Number of visible solid pixels. */
  readonly area: number;
  /** `area` divided by the layer's solid pixels, those outside the picture included. */
  readonly fraction: number;
}

/** The minimum visible part of an object that stays in the scene. */
export interface Least {
  readonly area: number;
  readonly fraction: number;
}

/**
 * Chooses the layers that stay: from the nearest to the farthest, layers with too small a visible part are removed and
 * do not hide others.
 * @param layers The farthest first.
 * @returns The layers that stay, the farthest first, and `owner`: for each pixel of the picture the index of
 * the visible layer, or -1.
 */
export function resolveVisibility(
  layers: readonly Layer[],
  { width, height }: Size,
  least: Least,
): { visible: Visible[]; owner: Int16Array } {
  const owner = new Int16Array(width * height).fill(-1);
  const visible: Visible[] = [];
  for (let index = layers.length - 1; index >= 0; index--) {
    const { solid, free } = pixelsOf(layers[index], owner, width);
    const fraction = solid === 0 ? 0 : free.length / solid;
    if (free.length < least.area || fraction < least.fraction) continue;
    for (const pixel of free) owner[pixel] = index;
    visible.unshift({ index, area: free.length, fraction });
  }
  return { visible, owner };
}

/** The number of solid pixels of a layer, and the pixels of the picture that it would cover. */
function pixelsOf(layer: Layer, owner: Int16Array, width: number): { solid: number; free: number[] } {
  const height = owner.length / width;
  const pixels = solidPixels(layer);
  const free: number[] = [];
  let solid = 0;
  for (let row = 0, at = 0; row < layer.height; row++) {
    const y = layer.top + row;
    for (let column = 0; column < layer.width; column++, at++) {
      if (pixels[at] === 0) continue;
      solid++;
      const x = layer.left + column;
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      if (owner[y * width + x] < 0) free.push(y * width + x);
    }
  }
  return { solid, free };
}
