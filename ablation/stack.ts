import type { Random } from '../src/core/random.ts';
import { type Picture, toPicture } from '../src/image/picture.ts';
import { encodeBitmap } from '../src/ops/rle/bitmap.ts';
import type { Rle } from '../src/ops/rle/rle.ts';
import { paintBackground } from './drawing/backgrounds.ts';
import { addNoise, expose } from './drawing/camera.ts';
import { type Color, randomColor } from './drawing/color.ts';

/** Something with an outline, in pixels of the picture. */
export interface Outline {
  /** x1, y1, x2, y2; encloses the object. */
  readonly bounds: readonly [number, number, number, number];
  /** Whether the object contains a point. */
  readonly covers: (x: number, y: number) => boolean;
}

/** Minimum visible fraction of every object. */
const minVisible = 0.4;
/** Contrast of the background, visible but not to be mistaken for objects. */
const groundContrast = 0.35;
/** Minimum distance of an object's colour from the background's mean, on the scale of 255. */
const minContrast = 70;
const nobody = -1;

/** A picture of overlapping objects, the latest on top, that records the owner of each pixel. */
export class Stack {
  readonly #side: number;
  readonly #random: Random;
  readonly #canvas: Uint8ClampedArray;
  readonly #owner: Int16Array;
  readonly #ground: Color;
  /** Pixels of each object as painted, and those still visible. */
  readonly #painted: number[] = [];
  readonly #seen: number[] = [];

  /** @param side Width and height in pixels. */
  constructor(side: number, random: Random) {
    this.#side = side;
    this.#random = random;
    this.#canvas = paintBackground({ width: side, height: side }, random).map(
      (level) => 128 + groundContrast * (level - 128),
    );
    this.#owner = new Int16Array(side * side).fill(nobody);
    this.#ground = meanColor(this.#canvas);
  }

  /**
   * Paints an object in its own colour, unless it would hide an earlier one too much.
   * @returns Whether it was painted.
   */
  paint(outline: Outline, colors: (random: Random) => Color = randomColor): boolean {
    const pixels = this.#pixelsOf(outline);
    const lost = this.#seen.map(() => 0);
    for (const pixel of pixels) if (this.#owner[pixel] !== nobody) lost[this.#owner[pixel]]++;
    const hides = lost.some((count, i) => this.#seen[i] - count < minVisible * this.#painted[i]);
    if (hides || pixels.length === 0) return false;
    const color = this.#apartFromGround(colors);
    for (const [i, count] of lost.entries()) this.#seen[i] -= count;
    for (const pixel of pixels) {
      this.#owner[pixel] = this.#painted.length;
      this.#canvas.set(color, 3 * pixel);
    }
    this.#painted.push(pixels.length);
    this.#seen.push(pixels.length);
    return true;
  }

  /** The visible pixels of the i-th painted object. */
  mask(i: number): Rle {
    const bitmap = new Uint8Array(this.#owner.length);
    for (let pixel = 0; pixel < bitmap.length; pixel++) if (this.#owner[pixel] === i) bitmap[pixel] = 1;
    return encodeBitmap(bitmap, [this.#side, this.#side]);
  }

  /** Visible fraction of the i-th object, 0…1. */
  visible(i: number): number {
    return this.#seen[i] / this.#painted[i];
  }

  /** Whether the i-th object is the visible one at a point. */
  shows(i: number, x: number, y: number): boolean {
    return this.#owner[Math.floor(y) * this.#side + Math.floor(x)] === i;
  }

  /** The picture with a camera's blur and noise. */
  photograph(): Picture {
    expose(this.#canvas, this.#random);
    addNoise(this.#canvas, this.#random);
    return toPicture({ width: this.#side, height: this.#side, data: this.#canvas, channels: 3 });
  }

  /** Pixels whose centre is covered. */
  #pixelsOf({ bounds: [x1, y1, x2, y2], covers }: Outline): number[] {
    const pixels: number[] = [];
    for (let y = Math.max(0, Math.floor(y1)); y < Math.min(this.#side, y2); y++) {
      for (let x = Math.max(0, Math.floor(x1)); x < Math.min(this.#side, x2); x++) {
        if (covers(x + 0.5, y + 0.5)) pixels.push(y * this.#side + x);
      }
    }
    return pixels;
  }

  #apartFromGround(colors: (random: Random) => Color): Color {
    for (;;) {
      const color = colors(this.#random);
      const distance = Math.hypot(...color.map((level, channel) => level - this.#ground[channel]));
      if (distance >= minContrast) return color;
    }
  }
}

function meanColor(canvas: Uint8ClampedArray): Color {
  const sums = [0, 0, 0];
  for (let at = 0; at < canvas.length; at++) sums[at % 3] += canvas[at];
  const [red, green, blue] = sums.map((sum) => (3 * sum) / canvas.length);
  return [red, green, blue];
}
