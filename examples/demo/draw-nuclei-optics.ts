import type { Random } from '../../src/core/random.ts';

/** Light on the sensor, row-major, in grey levels. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function emptyPlane(width: number, height: number): Plane {
  return { width, height, data: new Float32Array(width * height) };
}

/** Blurs in place by a Gaussian of `sigma` pixels; edge pixels are repeated outwards. */
export function blur({ width, height, data }: Plane, sigma: number): void {
  const kernel = gaussian(sigma);
  for (let y = 0; y < height; y++) convolve(data, { start: y * width, step: 1, count: width }, kernel);
  for (let x = 0; x < width; x++) convolve(data, { start: x, step: width, count: height }, kernel);
}

/** Smooth noise with mean 0, standard deviation 1 and a grain size of about `sigma` pixels. */
export function grain(width: number, height: number, options: { sigma: number; random: Random }): Plane {
  const plane = emptyPlane(width, height);
  for (let i = 0; i < plane.data.length; i++) plane.data[i] = options.random.normal();
  blur(plane, options.sigma);
  const power = plane.data.reduce((sum, v) => sum + v * v, 0) / plane.data.length;
  for (let i = 0; i < plane.data.length; i++) plane.data[i] /= Math.sqrt(power);
  return plane;
}

/** Illumination at each position, at most 1: brightest at an off-centre point, darker at the corners. */
export function illumination(
  width: number,
  height: number,
  random: Random,
): (x: number, y: number) => number {
  const centreX = width * (0.35 + 0.3 * random.uniform());
  const centreY = height * (0.35 + 0.3 * random.uniform());
  const fall = 0.25 + 0.2 * random.uniform();
  const reach = (width * width + height * height) / 3;
  return (x, y) => 1 / (1 + (fall * ((x - centreX) ** 2 + (y - centreY) ** 2)) / reach);
}

/** Adds shot noise, proportional to the square root of the light, and the camera's read noise. */
export function expose({ data }: Plane, random: Random): Uint8ClampedArray {
  const photonsPerLevel = 12;
  const readNoise = 0.4;
  const levels = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) {
    const shot = Math.sqrt(Math.max(0, data[i]) / photonsPerLevel) * random.normal();
    levels[i] = data[i] + shot + readNoise * random.normal();
  }
  return levels;
}

function gaussian(sigma: number): number[] {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

function convolve(
  data: Float32Array,
  line: { start: number; step: number; count: number },
  kernel: readonly number[],
): void {
  const { start, step, count } = line;
  const reach = (kernel.length - 1) / 2;
  const before = new Float32Array(count + 2 * reach);
  for (let i = 0; i < before.length; i++) {
    before[i] = data[start + Math.min(count - 1, Math.max(0, i - reach)) * step];
  }
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) sum += kernel[k] * before[i + k];
    data[start + i * step] = sum;
  }
}
