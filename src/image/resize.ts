import { interpolateAlong } from '../core/interpolation.ts';
import type { Picture } from './picture.ts';

/** The picture at another size: bilinear and without antialiasing, as `preparePicture` resizes. */
export function resizePicture(
  picture: Picture,
  { width, height }: { readonly width: number; readonly height: number },
): Picture {
  const data = new Uint8Array(width * height * 3);
  const across = interpolateAlong(picture.width, new Float32Array(width));
  const down = interpolateAlong(picture.height, new Float32Array(height));
  for (let y = 0; y < height; y++) {
    const above = down.before[y] * picture.width;
    const below = Math.min(down.before[y] + 1, picture.height - 1) * picture.width;
    for (let x = 0; x < width; x++) {
      const left = across.before[x];
      const right = Math.min(left + 1, picture.width - 1);
      for (let c = 0; c < 3; c++) {
        const along = (row: number) => {
          const first = picture.data[(row + left) * 3 + c];
          return first + (picture.data[(row + right) * 3 + c] - first) * across.weight[x];
        };
        const top = along(above);
        data[(y * width + x) * 3 + c] = Math.round(top + (along(below) - top) * down.weight[y]);
      }
    }
  }
  return { width, height, data };
}
