/** x, y in pixels. */
export type Point = readonly [x: number, y: number];

/** The images of the unit square's corners (0,0), (1,0), (1,1), (0,1). */
export type Quad = readonly [Point, Point, Point, Point];

/** Row-major 3 × 3 matrix that acts on (x, y, 1); the result is divided by its third element. */
// biome-ignore format: the rows of the matrix
export type Projection = readonly [
  a: number, b: number, c: number,
  d: number, e: number, f: number,
  g: number, h: number, i: number,
];

/** The projection of the unit square onto a quad (Heckbert, Fundamentals of Texture Mapping, 1989, §2.2.3). */
export function squareToQuad([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]: Quad): Projection {
  const sumX = x0 - x1 + x2 - x3;
  const sumY = y0 - y1 + y2 - y3;
  const [dx1, dy1, dx2, dy2] = [x1 - x2, y1 - y2, x3 - x2, y3 - y2];
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = (sumX * dy2 - dx2 * sumY) / determinant;
  const h = (dx1 * sumY - sumX * dy1) / determinant;
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1];
}

/** The inverse up to a factor, which is irrelevant for a projection. */
export function inverse([a, b, c, d, e, f, g, h, i]: Projection): Projection {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}
