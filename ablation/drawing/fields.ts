import type { Random } from '../../src/core/random.ts';
import { between, chance, choose, logBetween } from './choose.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** `[height, width]` row-major, values in 0…1 that select the colour of the surface at each pixel. */
export type Field = Float32Array;

/** Draws one kind of field. */
export type FieldKind = (size: Size, random: Random) => Field;

/** A linear or radial gradient. */
export const gradient: FieldKind = (size, random) => {
  const angle = 2 * Math.PI * random.uniform();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x0, y0] = [size.width * random.uniform(), size.height * random.uniform()];
  const length = (Math.abs(cos) * size.width + Math.abs(sin) * size.height) / 2;
  const radius = Math.hypot(size.width, size.height) * between(random, 0.5, 1);
  if (chance(random, 0.4)) return fill(size, (x, y) => Math.hypot(x - x0, y - y0) / radius);
  const [xm, ym] = [size.width / 2, size.height / 2];
  return fill(size, (x, y) => 0.5 + ((x - xm) * cos + (y - ym) * sin) / (2 * length));
};

/** Octaves of smoothed noise, which look like clouds, plaster or, if stretched, wood. */
export const cloud: FieldKind = (size, random) => {
  const cell = logBetween(random, 12, 160);
  const stretch = chance(random, 0.3) ? logBetween(random, 3, 12) : 1;
  const [stretchX, stretchY] = chance(random, 0.5) ? [stretch, 1] : [1, stretch];
  const field = new Float32Array(size.width * size.height);
  let weight = 0.5;
  for (let octave = 0; octave < 4; octave++, weight /= 2) {
    addNoise(field, size, {
      cellX: Math.max(1.5, (cell * stretchX) / 2 ** octave),
      cellY: Math.max(1.5, (cell * stretchY) / 2 ** octave),
      weight,
      random,
    });
  }
  return field;
};

/** Bent bands, as in marble and grained wood. */
export const marble: FieldKind = (size, random) => {
  const bend = cloud(size, random);
  const waves = logBetween(random, 2, 14);
  const angle = 2 * Math.PI * random.uniform();
  const [cos, sin] = [Math.cos(angle) / size.width, Math.sin(angle) / size.height];
  const strength = between(random, 0.2, 1);
  return fill(size, (x, y, at) => {
    return 0.5 + 0.5 * Math.sin(2 * Math.PI * (waves * (x * cos + y * sin) + strength * 2 * bend[at]));
  });
};

/** Stripes, checks or dots, at any angle. */
export const pattern: FieldKind = (size, random) => {
  const period = logBetween(random, 8, 90);
  const angle = Math.PI * random.uniform();
  const [cos, sin] = [Math.cos(angle) / period, Math.sin(angle) / period];
  const duty = between(random, 0.2, 0.8);
  const kind = choose(random, ['stripes', 'checks', 'dots'] as const);
  return fill(size, (x, y) => {
    const u = x * cos + y * sin;
    const v = y * cos - x * sin;
    const [fu, fv] = [u - Math.floor(u), v - Math.floor(v)];
    if (kind === 'stripes') return fu < duty ? 0 : 1;
    if (kind === 'checks') return fu < 0.5 === fv < 0.5 ? 0 : 1;
    return Math.hypot(fu - 0.5, fv - 0.5) < duty / 2 ? 0 : 1;
  });
};

/** Voronoi cells around random points, each with a single value: fields, tiles, rocks. */
export const patches: FieldKind = (size, random) => {
  const points = Array.from({ length: 4 + random.integer(26) }, () => ({
    x: size.width * random.uniform(),
    y: size.height * random.uniform(),
    value: random.uniform(),
  }));
  return fill(size, (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let value = 0;
    for (const point of points) {
      const distance = (x - point.x) ** 2 + (y - point.y) ** 2;
      if (distance >= nearest) continue;
      nearest = distance;
      value = point.value;
    }
    return value;
  });
};

/** Overlapping ellipses and boxes: outlines without an object. */
export const shapes: FieldKind = (size, random) => {
  const field = new Float32Array(size.width * size.height).fill(random.uniform());
  const side = Math.min(size.width, size.height);
  for (let count = 5 + random.integer(20); count > 0; count--) {
    const [cx, cy] = [size.width * random.uniform(), size.height * random.uniform()];
    const angle = Math.PI * random.uniform();
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const a = side * logBetween(random, 0.04, 0.4);
    const b = a * logBetween(random, 0.3, 1);
    const [round, value] = [chance(random, 0.5), random.uniform()];
    const reach = Math.hypot(a, b);
    for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(size.height, cy + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(size.width, cx + reach); x++) {
        const u = Math.abs((x - cx) * cos + (y - cy) * sin) / a;
        const v = Math.abs((y - cy) * cos - (x - cx) * sin) / b;
        if (round ? u * u + v * v < 1 : u < 1 && v < 1) field[y * size.width + x] = value;
      }
    }
  }
  return field;
};

function fill({ width, height }: Size, value: (x: number, y: number, at: number) => number): Field {
  const field = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) field[at] = Math.max(0, Math.min(1, value(x, y, at)));
  }
  return field;
}

/** Adds random values on a grid, smoothly joined (value noise). Cells are in pixels. */
function addNoise(
  field: Field,
  { width, height }: Size,
  options: { cellX: number; cellY: number; weight: number; random: Random },
): void {
  const { cellX, cellY, weight, random } = options;
  const columns = Math.ceil(width / cellX) + 2;
  const rows = Math.ceil(height / cellY) + 2;
  const grid = Float32Array.from({ length: columns * rows }, () => weight * random.uniform());
  const across = Array.from({ length: width }, (_, x) => place(x / cellX));
  for (let y = 0, at = 0; y < height; y++) {
    const [row, down] = place(y / cellY);
    const first = row * columns;
    for (let x = 0; x < width; x++, at++) {
      const [column, right] = across[x];
      const corner = first + column;
      const above = grid[corner] + right * (grid[corner + 1] - grid[corner]);
      const under = corner + columns;
      const below = grid[under] + right * (grid[under + 1] - grid[under]);
      field[at] += above + down * (below - above);
    }
  }
}

/** The cell and the smoothstep of the position in it. */
function place(position: number): readonly [cell: number, eased: number] {
  const cell = Math.floor(position);
  const into = position - cell;
  return [cell, into * into * (3 - 2 * into)];
}
