import { inverse, type Projection, type Quad, squareToQuad } from './projective.ts';
import type { Raster } from './texture.ts';

/** A warped object, positioned in the scene; parts may be outside. */
export interface Layer {
  /** The scene pixel at its upper left pixel. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** `[height, width, 4]` premultiplied RGBA. */
  readonly data: Uint8Array;
}

/** Draws a texture, stretched over its whole square, into a quad; bilinear. */
export function warp(texture: Raster, quad: Quad): Layer {
  const xs = quad.map(([x]) => x);
  const ys = quad.map(([, y]) => y);
  const left = Math.floor(Math.min(...xs));
  const top = Math.floor(Math.min(...ys));
  const width = Math.ceil(Math.max(...xs)) - left;
  const height = Math.ceil(Math.max(...ys)) - top;
  const data = new Uint8Array(width * height * 4);
  const layer = { left, top, width, height, data };
  sample(texture, inverse(squareToQuad(quad)), layer);
  return layer;
}

/** For every pixel centre: its position in the texture, and the four texels around it. */
function sample(texture: Raster, back: Projection, { left, top, width, height, data }: Layer): void {
  const [a, b, c, d, e, f, g, h, i] = back;
  const texels = texture.data;
  const stride = texture.width * 4;
  for (let row = 0, at = 0; row < height; row++) {
    const y = top + row + 0.5;
    for (let column = 0; column < width; column++, at += 4) {
      const x = left + column + 0.5;
      const scale = 1 / (g * x + h * y + i);
      const u = (a * x + b * y + c) * scale * texture.width - 0.5;
      const v = (d * x + e * y + f) * scale * texture.height - 0.5;
      // The margin is transparent: texels outside or on the border contribute nothing.
      if (!(u >= 0 && v >= 0 && u < texture.width - 1 && v < texture.height - 1)) continue;
      const u0 = u | 0;
      const v0 = v | 0;
      const from = v0 * stride + u0 * 4;
      const right = u - u0;
      const below = v - v0;
      const w00 = (1 - right) * (1 - below);
      const w01 = right * (1 - below);
      const w10 = (1 - right) * below;
      const w11 = right * below;
      for (let channel = 0; channel < 4; channel++) {
        const texel = from + channel;
        data[at + channel] =
          w00 * texels[texel] +
          w01 * texels[texel + 4] +
          w10 * texels[texel + stride] +
          w11 * texels[texel + stride + 4] +
          0.5;
      }
    }
  }
}
