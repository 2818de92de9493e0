import type { Random } from '../../core/random.ts';
import type { Picture } from '../../image/picture.ts';

/**
 * Gaussian blur, mirrored at the borders (torchvision `gaussian_blur` with a kernel of ±3 σ).
 * @param sigma Standard deviation in pixels.
 */
export function blur({ width, height, data }: Picture, sigma: number): Picture {
  const kernel = gaussian(sigma, Math.min(width, height) - 1);
  const rows = new Float32Array(data.length);
  const blurred = new Uint8ClampedArray(data.length);
  const radius = (kernel.length - 1) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          sum += kernel[k + radius] * data[(y * width + mirrored(x + k, width)) * 3 + c];
        }
        rows[(y * width + x) * 3 + c] = sum;
      }
    }
  }
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < stride; i++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++)
        sum += kernel[k + radius] * rows[mirrored(y + k, height) * stride + i];
      blurred[y * stride + i] = sum;
    }
  }
  return { width, height, data: new Uint8Array(blurred.buffer) };
}

/**
 * Adds normally distributed noise to every value.
 * @param sigma Standard deviation, on the scale of 255.
 */
export function addNoise({ width, height, data }: Picture, sigma: number, random: Random): Picture {
  const noisy = Uint8ClampedArray.from(data, (value) => value + sigma * random.normal());
  return { width, height, data: new Uint8Array(noisy.buffer) };
}

function gaussian(sigma: number, largestRadius: number): number[] {
  const radius = Math.max(0, Math.min(Math.ceil(3 * sigma), largestRadius));
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-(((i - radius) / sigma) ** 2) / 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** A position beyond the border, reflected about the outermost pixel. */
function mirrored(position: number, extent: number): number {
  if (position < 0) return -position;
  return position < extent ? position : 2 * (extent - 1) - position;
}
