import type { Layer } from './warp.ts';

/** A pixel belongs to an object if it is more than half opaque … */
const solidAlpha = 127;
const outside = 2;

/**
 * … or if it is in a hole of it, such as between the spokes of a wheel or in the handle of a cup: COCO's objects are
 * polygons, which have no holes.
 * @returns `[height, width]`, 1 for the object's pixels.
 */
export function solidPixels({ width, height, data }: Pick<Layer, 'width' | 'height' | 'data'>): Uint8Array {
  const pixels = Uint8Array.from({ length: width * height }, (_, i) =>
    data[4 * i + 3] > solidAlpha ? 1 : 0,
  );
  const reached: number[] = [];
  const reach = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height || pixels[y * width + x] !== 0) return;
    pixels[y * width + x] = outside;
    reached.push(y * width + x);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) reach(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) reach(x, y);
  for (let pixel = reached.pop(); pixel !== undefined; pixel = reached.pop()) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    reach(x - 1, y);
    reach(x + 1, y);
    reach(x, y - 1);
    reach(x, y + 1);
  }
  return pixels.map((pixel) => (pixel === outside ? 0 : 1));
}
