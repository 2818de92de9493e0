/** Maximum distance in pixels between a curve and its polygon. */
const tolerance = 0.05;

/** The ring of a rectangle between any two opposite corners. */
export function rectangleRing(
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
): number[] {
  const [left, right] = x0 < x1 ? [x0, x1] : [x1, x0];
  const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
  return [left, top, right, top, right, bottom, left, bottom];
}

export interface Ellipse {
  /** Centre, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Half axes, in pixels. */
  readonly radiusX: number;
  readonly radiusY: number;
  /** Rotation about the centre in radians, clockwise on the screen. */
  readonly rotation?: number;
}

/** A ring with enough points to stay within 0.05 pixels of the ellipse, rounded to four decimals. */
export function ellipseRing({ x, y, radiusX, radiusY, rotation = 0 }: Ellipse): number[] {
  const radius = Math.max(radiusX, radiusY, 1);
  // The chord of an angle 2a misses the arc by r (1 − cos a).
  const points = Math.max(12, Math.ceil(Math.PI / Math.acos(1 - tolerance / radius)));
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  const ring: number[] = [];
  for (let i = 0; i < points; i++) {
    const angle = (2 * Math.PI * i) / points;
    const dx = radiusX * Math.cos(angle);
    const dy = radiusY * Math.sin(angle);
    ring.push(rounded(x + dx * cos - dy * sin), rounded(y + dx * sin + dy * cos));
  }
  return ring;
}

/** Four decimals suffice for computed coordinates and keep files small. */
export function rounded(coordinate: number): number {
  return Math.round(coordinate * 1e4) / 1e4;
}
