/**
 * Draws pictures that look like fluorescence microscopy of cell nuclei, with their ground truth, for demos and tests
 * that cannot include photographs.
 */
import { type Random, seededRandom } from '../../src/core/random.ts';
import { type Picture, toPicture } from '../../src/image/picture.ts';
import { encodeBitmap } from '../../src/ops/rle/bitmap.ts';
import { rleArea } from '../../src/ops/rle/measure.ts';
import type { Rle } from '../../src/ops/rle/rle.ts';
import { blur, emptyPlane, expose, grain, illumination, type Plane } from './draw-nuclei-optics.ts';

export interface NucleiOptions {
  /** Equal seeds give equal pictures. */
  readonly seed: number;
  /** In pixels, by default 256 × 256. */
  readonly width?: number;
  readonly height?: number;
  /** Number of nuclei, fewer if there is no space; default: one per 2,200 square pixels. */
  readonly count?: number;
  /** Mean radius in pixels, by default 9. */
  readonly radius?: number;
}

export interface TrueNucleus {
  /** x1, y1, x2, y2 of the mask in pixels, exclusive right and bottom. */
  readonly box: [number, number, number, number];
  readonly category: { readonly id: 1; readonly name: 'nucleus' };
  /** The visible pixels; masks do not overlap: a shared pixel belongs to the nucleus whose centre is closer, relative to its size. */
  readonly mask: Rle;
}

export interface NucleiPicture {
  readonly picture: Picture;
  readonly nuclei: TrueNucleus[];
}

/** A nucleus under the microscope. */
interface Nucleus {
  readonly x: number;
  readonly y: number;
  /** Half axes in pixels. */
  readonly long: number;
  readonly short: number;
  readonly angle: number;
  /** Grey level at full illumination. */
  readonly brightness: number;
  /** Deviations of the outline from the ellipse: amplitude and phase of its 2nd, 3rd … wave. */
  readonly waves: readonly (readonly [amplitude: number, phase: number])[];
}

/** Nuclei cut off by the picture's edge to fewer pixels than this are not counted as objects. */
const fewestPixels = 20;

/** Draws blurred, textured, partly overlapping nuclei on a dark, unevenly lit background with camera noise. */
export function drawNuclei(options: NucleiOptions): NucleiPicture {
  const { seed, width = 256, height = 256, radius = 9 } = options;
  const count = options.count ?? Math.round((width * height) / 2200);
  const random = seededRandom(seed);
  const nuclei = placeNuclei({ width, height, count, radius, random });
  const light = emptyPlane(width, height);
  const owner = new Int32Array(width * height).fill(-1);
  shine(light, owner, { nuclei, random });
  blur(light, 0.9 + 0.5 * random.uniform());
  addGround(light, random);
  const data = expose(light, random);
  return {
    picture: toPicture({ width, height, data, channels: 1 }),
    nuclei: truths(owner, nuclei.length, width),
  };
}

interface Field {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly radius: number;
  readonly random: Random;
}

/** Places nuclei at random, half of them next to an earlier one, like dividing cells and clusters. */
function placeNuclei({ width, height, count, radius, random }: Field): Nucleus[] {
  const nuclei: Nucleus[] = [];
  const exposure = 45 + 50 * random.uniform();
  for (let tries = 0; nuclei.length < count && tries < count * 30; tries++) {
    const nucleus = randomNucleus(radius, exposure, random);
    const parent = random.uniform() < 0.5 ? nuclei[random.integer(Math.max(1, nuclei.length))] : undefined;
    const direction = 2 * Math.PI * random.uniform();
    const away = parent ? (parent.long + nucleus.long) * (0.75 + 0.3 * random.uniform()) : 0;
    const x = parent ? parent.x + away * Math.cos(direction) : width * random.uniform();
    const y = parent ? parent.y + away * Math.sin(direction) : height * random.uniform();
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    const free = nuclei.every((other) => {
      const reach = (Math.sqrt(other.long * other.short) + Math.sqrt(nucleus.long * nucleus.short)) * 0.85;
      return Math.hypot(other.x - x, other.y - y) > reach;
    });
    if (inside && free) nuclei.push({ ...nucleus, x, y });
  }
  return nuclei;
}

function randomNucleus(radius: number, exposure: number, random: Random): Nucleus {
  // One in fifteen is dividing or dying: small, condensed, bright.
  const condensed = random.uniform() < 1 / 15;
  const size = radius * (condensed ? 0.55 : Math.exp(0.18 * random.normal()));
  const stretch = Math.sqrt(1 + 0.75 * random.uniform() ** 1.5);
  return {
    x: 0,
    y: 0,
    long: size * stretch,
    short: size / stretch,
    angle: Math.PI * random.uniform(),
    brightness: exposure * Math.exp(0.28 * random.normal()) * (condensed ? 2.2 : 1),
    waves: [0.05, 0.04, 0.025].map(
      (scale) => [scale * random.normal(), 2 * Math.PI * random.uniform()] as const,
    ),
  };
}

/** Adds the light of the nuclei, and records the owner of each pixel. */
function shine(
  light: Plane,
  owner: Int32Array,
  { nuclei, random }: { nuclei: readonly Nucleus[]; random: Random },
): void {
  const { width, height, data } = light;
  const fine = grain(width, height, { sigma: 1, random });
  const coarse = grain(width, height, { sigma: 2.5, random });
  const depth = new Float32Array(width * height).fill(1);
  for (const [index, nucleus] of nuclei.entries()) {
    const reach = nucleus.long * 1.25;
    for (let y = Math.max(0, Math.floor(nucleus.y - reach)); y < Math.min(height, nucleus.y + reach); y++) {
      for (let x = Math.max(0, Math.floor(nucleus.x - reach)); x < Math.min(width, nucleus.x + reach); x++) {
        const radial = relativeRadius(nucleus, x + 0.5, y + 0.5);
        if (radial >= 1) continue;
        const at = y * width + x;
        const dome = 0.65 + 0.35 * Math.sqrt(1 - radial * radial);
        const chromatin = Math.max(0.3, 1 + 0.16 * fine.data[at] + 0.16 * coarse.data[at]);
        data[at] += nucleus.brightness * dome * chromatin;
        if (radial < depth[at]) {
          depth[at] = radial;
          owner[at] = index;
        }
      }
    }
  }
}

/** 0 at the centre of a nucleus, 1 on its outline. */
function relativeRadius({ x, y, long, short, angle, waves }: Nucleus, px: number, py: number): number {
  const along = ((px - x) * Math.cos(angle) + (py - y) * Math.sin(angle)) / long;
  const across = ((py - y) * Math.cos(angle) - (px - x) * Math.sin(angle)) / short;
  const around = Math.atan2(across, along);
  const outline = waves.reduce(
    (sum, [amplitude, phase], k) => sum + amplitude * Math.cos((k + 2) * around + phase),
    1,
  );
  return Math.hypot(along, across) / outline;
}

/** Uneven illumination, the glow of the medium, and out-of-focus smears. */
function addGround({ width, height, data }: Plane, random: Random): void {
  const lit = illumination(width, height, random);
  const haze = grain(width, height, { sigma: Math.min(width, height) / 14, random });
  const glow = 3 + 7 * random.uniform();
  for (let at = 0; at < data.length; at++) {
    const smear = Math.max(0, haze.data[at] - 0.5);
    data[at] = (data[at] + glow + 1.6 * smear) * lit(at % width, Math.floor(at / width));
  }
}

function truths(owner: Int32Array, count: number, width: number): TrueNucleus[] {
  const height = owner.length / width;
  const boxes = Array.from({ length: count }, (): [number, number, number, number] => [width, height, 0, 0]);
  owner.forEach((index, at) => {
    if (index < 0) return;
    const box = boxes[index];
    const x = at % width;
    const y = Math.floor(at / width);
    boxes[index] = [
      Math.min(box[0], x),
      Math.min(box[1], y),
      Math.max(box[2], x + 1),
      Math.max(box[3], y + 1),
    ];
  });
  return boxes
    .map(
      (box, index): TrueNucleus => ({
        box,
        category: { id: 1, name: 'nucleus' },
        mask: maskOf(owner, index, box, width),
      }),
    )
    .filter(({ mask }) => rleArea(mask) >= fewestPixels);
}

/** The pixels of a nucleus, all inside its box. */
function maskOf(owner: Int32Array, index: number, [x1, y1, x2, y2]: TrueNucleus['box'], width: number): Rle {
  const columns = Math.max(0, x2 - x1);
  const rows = Math.max(0, y2 - y1);
  const bitmap = new Uint8Array(rows * columns);
  for (let at = 0; at < bitmap.length; at++) {
    const y = y1 + Math.floor(at / columns);
    if (owner[y * width + x1 + (at % columns)] === index) bitmap[at] = 1;
  }
  return encodeBitmap(bitmap, [rows, columns], { size: [owner.length / width, width], left: x1, top: y1 });
}
