import { expect, test } from 'vitest';
import { inverse, type Point, type Projection, type Quad, squareToQuad } from './projective.ts';

const quad: Quad = [
  [10, 20],
  [90, 5],
  [100, 70],
  [-5, 60],
];
const square: Quad = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

test('the corners of the square go to the corners of the quad', () => {
  const projection = squareToQuad(quad);
  square.forEach((corner, index) => {
    project(projection, corner).forEach((value, axis) => {
      expect(value).toBeCloseTo(quad[index][axis], 9);
    });
  });
});

test('straight lines stay straight: the middle goes to where the diagonals meet', () => {
  // Computed by hand from the two diagonals of the quad.
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = quad;
  const t = ((x1 - x0) * (y3 - y1) - (y1 - y0) * (x3 - x1)) / ((x2 - x0) * (y3 - y1) - (y2 - y0) * (x3 - x1));
  const [x, y] = project(squareToQuad(quad), [0.5, 0.5]);
  expect(x).toBeCloseTo(x0 + t * (x2 - x0), 9);
  expect(y).toBeCloseTo(y0 + t * (y2 - y0), 9);
});

test('the inverse leads back', () => {
  const there = squareToQuad(quad);
  const back = inverse(there);
  const points: Point[] = [
    [0.1, 0.9],
    [0.7, 0.3],
    [0.5, 0.5],
  ];
  for (const point of points) {
    const [x, y] = project(back, project(there, point));
    expect(x).toBeCloseTo(point[0], 9);
    expect(y).toBeCloseTo(point[1], 9);
  }
});

function project([a, b, c, d, e, f, g, h, i]: Projection, [x, y]: Point): Point {
  const scale = 1 / (g * x + h * y + i);
  return [(a * x + b * y + c) * scale, (d * x + e * y + f) * scale];
}
