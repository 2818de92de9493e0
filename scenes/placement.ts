import type { Random } from '../src/core/random.ts';
import { between, chance, choose, logBetween } from './choose.ts';
import type { Size } from './fields.ts';
import type { Point, Quad } from './projective.ts';
import { margin } from './texture.ts';

/** The position of an object, before perspective. */
export interface Placement {
  /** Centre in pixels of the scene. */
  readonly x: number;
  readonly y: number;
  /** Longer side of the art in pixels. */
  readonly side: number;
}

/** The number of objects placed in a scene, uniform from the fewest to the most. */
export interface ObjectCount {
  readonly fewest: number;
  readonly most: number;
}

/** Parameters of placement. Sides are fractions of the picture's shorter side. */
const layout = {
  smallestSide: 0.13,
  largestSide: 0.5,
  /** Probability of placing an object next to or in front of an earlier one. */
  beside: 0.4,
} as const;

/** Chooses positions, farthest object first; nearer ones may hide it. */
export function placeObjects(
  { width, height }: Size,
  { fewest, most }: ObjectCount,
  random: Random,
): Placement[] {
  const count = fewest + random.integer(most - fewest + 1);
  const shorter = Math.min(width, height);
  const placed: Placement[] = [];
  for (let i = 0; i < count; i++) {
    const side = shorter * logBetween(random, layout.smallestSide, layout.largestSide);
    const neighbour = placed.length > 0 && chance(random, layout.beside) ? choose(random, placed) : null;
    const direction = 2 * Math.PI * random.uniform();
    const away = neighbour ? (neighbour.side + side) * between(random, 0.25, 0.5) : 0;
    const x = neighbour ? neighbour.x + away * Math.cos(direction) : width * between(random, 0.08, 0.92);
    const y = neighbour ? neighbour.y + away * Math.sin(direction) : height * between(random, 0.08, 0.92);
    placed.push({ x: clamp(x, 0, width), y: clamp(y, 0, height), side });
  }
  return placed;
}

/**
 * The corners of a texture in the scene: rotated (mostly slightly, sometimes by any angle), optionally
 * mirrored, stretched, sheared and in perspective.
 * @param aspect Width / height of the art.
 */
export function randomQuad({ x, y, side }: Placement, aspect: number, random: Random): Quad {
  const stretched = aspect * logBetween(random, 0.87, 1.15);
  const halfWidth = (side / 2) * Math.min(1, stretched);
  const halfHeight = (side / 2) * Math.min(1, 1 / stretched);
  const mirror = chance(random, 0.5) ? -1 : 1;
  const angle = randomAngle(random);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const shear = 0.08 * random.normal();
  const grown = 1 / (1 - 2 * margin);
  const corner = (u: number, v: number): Point => {
    // Perspective: moves each corner slightly towards or away from the viewer.
    const away = grown * (1 + between(random, -0.06, 0.06));
    const across = halfWidth * mirror * u * away + halfHeight * shear * v * away;
    const down = halfHeight * v * away;
    return [x + across * cos - down * sin, y + across * sin + down * cos];
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** In radians: three in four within 20°, one in ten at any angle. */
function randomAngle(random: Random): number {
  const kind = random.uniform();
  const limit = kind < 0.75 ? 20 : kind < 0.9 ? 60 : 180;
  return (Math.PI / 180) * limit * between(random, -1, 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
