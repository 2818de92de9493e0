/** A colour as red, green, blue in 0…255. */
export type Rgb = readonly [number, number, number];

/** Hues around the colour circle, 30° apart. */
const hueCount = 12;
/** Visible on dark and on light pictures, and readable under black text. */
const lightness = 0.74;
const chroma = 0.18;

/** Colours of equal perceived lightness, evenly spaced in hue (OKLCH). */
export const palette: readonly Rgb[] = Array.from({ length: hueCount }, (_, i) =>
  inGamut(lightness, chroma, (2 * Math.PI * (i + 0.9)) / hueCount),
);

/** Boxes farther apart than this many times their mean side are not neighbours. */
const neighbourReach = 1.5;

/** x1, y1, x2, y2 in any unit. */
type Box = readonly [number, number, number, number];

/**
 * Chooses a colour for each box so that overlapping and nearby boxes differ clearly in hue. Greedy, from the box with
 * the most neighbours to the one with the fewest: each takes the hue farthest from those of its neighbours, weighted by
 * proximity; ties go to the least used hue. Deterministic.
 * @returns An index into `palette` for each box.
 */
export function chooseColors(boxes: readonly Box[]): number[] {
  const chosen = new Array<number>(boxes.length).fill(-1);
  const used = new Array<number>(hueCount).fill(0);
  for (const [turn, index] of mostNeighboursFirst(boxes).entries()) {
    const clash = clashes(index, boxes, chosen);
    let best = -1;
    for (let step = 0; step < hueCount; step++) {
      // 5 and 12 are coprime: successive boxes without neighbours step through all hues, far apart.
      const hue = (turn * 5 + step) % hueCount;
      const gain = best < 0 ? 1 : clash[best] - clash[hue];
      if (gain > 1e-9 || (gain > -1e-9 && used[hue] < used[best])) best = hue;
    }
    used[best]++;
    chosen[index] = best;
  }
  return chosen;
}

function mostNeighboursFirst(boxes: readonly Box[]): number[] {
  const crowding = boxes.map((box) => boxes.reduce((sum, other) => sum + nearnessOf(box, other), 0));
  return [...boxes.keys()].sort((a, b) => crowding[b] - crowding[a]);
}

/** For each hue, how easily it is confused with the hues of the box's neighbours. */
function clashes(index: number, boxes: readonly Box[], chosen: readonly number[]): number[] {
  const clash = new Array<number>(hueCount).fill(0);
  for (const [other, taken] of chosen.entries()) {
    const nearness = taken < 0 ? 0 : nearnessOf(boxes[index], boxes[other]);
    if (nearness === 0) continue;
    for (let hue = 0; hue < hueCount; hue++) clash[hue] += nearness * likeness(hue, taken);
  }
  return clash;
}

/** 1 for a box inside the other one, ½ for boxes that touch, falling to 0 with the gap between them. */
function nearnessOf(a: Box, b: Box): number {
  const gapX = Math.max(a[0], b[0]) - Math.min(a[2], b[2]);
  const gapY = Math.max(a[1], b[1]) - Math.min(a[3], b[3]);
  if (gapX < 0 && gapY < 0) {
    const smaller = Math.min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]));
    return 0.5 + (0.5 * gapX * gapY) / smaller;
  }
  const side = (a[2] - a[0] + a[3] - a[1] + b[2] - b[0] + b[3] - b[1]) / 4;
  const gap = Math.max(0, gapX, gapY) / (neighbourReach * Math.max(side, 1e-6));
  return gap < 1 ? 0.5 * (1 - gap) ** 2 : 0;
}

/** How easily two hues are confused: 1 for equal hues, 0 from 90° apart. */
function likeness(a: number, b: number): number {
  const apart = Math.abs(a - b);
  const steps = Math.min(apart, hueCount - apart);
  return Math.max(0, 1 - steps / (hueCount / 4)) ** 2;
}

/** The colour of the given lightness and hue with the highest chroma, up to `chroma`, within sRGB. */
function inGamut(lightness: number, chroma: number, hue: number): Rgb {
  for (let c = chroma; c > 0; c -= 0.005) {
    const rgb = oklabToLinear(lightness, c * Math.cos(hue), c * Math.sin(hue));
    if (rgb.every((v) => v >= 0 && v <= 1)) return toRgb(rgb);
  }
  return toRgb(oklabToLinear(lightness, 0, 0));
}

/** OKLab to linear sRGB (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function oklabToLinear(lightness: number, a: number, b: number): Rgb {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

/** Linear value 0…1 to sRGB 0…255 (IEC 61966-2-1). */
function toRgb(linear: Rgb): Rgb {
  const encode = (v: number) =>
    Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
  return [encode(linear[0]), encode(linear[1]), encode(linear[2])];
}
