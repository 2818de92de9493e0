import type { Rle } from './rle.ts';
import { eachStretch } from './stretches.ts';

/** One connected part of a mask (pixels that share an edge), as rings x0,y0,x1,y1,… of pixel corners. */
export interface Contour {
  /** Clockwise on the screen. */
  readonly outer: number[];
  /** Counter-clockwise. */
  readonly holes: number[][];
}

/**
 * The exact boundary of a mask, traced along pixel edges without decoding it, with a vertex at each turn.
 * Parts are ordered by their first pixel, in column order.
 */
export function rleToContours(rle: Rle): Contour[] {
  const boundary = linkEdges(rle);
  const contours = new Map<number, Contour>();
  for (const { ring, part } of traceRings(boundary)) {
    const known = contours.get(part);
    // A part's first ring starts at its first pixel in column order, so it is the outer one.
    if (known === undefined) contours.set(part, { outer: ring, holes: [] });
    else known.holes.push(ring);
  }
  return [...contours.values()];
}

/**
 * The mask as COCO polygons: one ring per connected part. COCO polygons have no holes, so a hole is joined to
 * the boundary above it by a vertical cut of zero width. `rleFromPolygons` of the rings reproduces the mask
 * exactly.
 */
export function rleToPolygons(rle: Rle): number[][] {
  const boundary = linkEdges(rle);
  cutToHoles(boundary);
  return traceRings(boundary).map(({ ring }) => ring);
}

/**
 * The horizontal pixel edges of the mask. Stretch s of foreground within a column has the edges 2s (its top,
 * traversed rightwards) and 2s + 1 (its bottom, traversed leftwards): the foreground is on the right-hand
 * side.
 */
interface Boundary {
  /** Column of each stretch. */
  readonly columns: number[];
  /** Row of each edge. */
  readonly rows: number[];
  /** The edge that follows each edge along its ring, connected by a vertical line. */
  readonly next: number[];
  /** A stretch of the same part with a lower or equal index; roots point to themselves. */
  readonly parents: number[];
}

function linkEdges(rle: Rle): Boundary {
  const boundary: Boundary = { columns: [], rows: [], next: [], parents: [] };
  splitByColumns(rle, boundary);
  const { columns } = boundary;
  let leftStart = 0;
  let leftEnd = 0;
  for (let start = 0; start < columns.length; ) {
    let end = start;
    while (end < columns.length && columns[end] === columns[start]) end++;
    if (leftEnd > leftStart && columns[leftStart] !== columns[start] - 1) {
      linkColumnBorder(boundary, [leftStart, leftEnd], [leftEnd, leftEnd]);
      leftStart = leftEnd;
    }
    linkColumnBorder(boundary, [leftStart, leftEnd], [start, end]);
    leftStart = start;
    leftEnd = end;
    start = end;
  }
  linkColumnBorder(boundary, [leftStart, leftEnd], [leftEnd, leftEnd]);
  return boundary;
}

function splitByColumns(rle: Rle, { columns, rows, parents }: Boundary): void {
  eachStretch(rle, (column, start, end) => {
    const last = columns.length - 1;
    if (columns[last] === column && rows[2 * last + 1] === start) {
      // Runs of length 0 in between: the stretch continues.
      rows[2 * last + 1] = end;
    } else {
      parents.push(columns.length);
      columns.push(column);
      rows.push(start, end);
    }
  });
}

type Range = readonly [start: number, end: number];

/**
 * Links the edges that meet on the line between two columns. Down that line, every edge that begins or ends
 * there toggles whether the two sides differ, unless an edge continues straight across; so the others pair up
 * into vertical lines. Where two parts touch only at a corner, the one that ends comes first, so that they
 * stay apart.
 */
function linkColumnBorder(boundary: Boundary, left: Range, right: Range): void {
  const { rows, next } = boundary;
  let l = 2 * left[0];
  let r = 2 * right[0];
  let open = -1;
  while (l < 2 * left[1] || r < 2 * right[1]) {
    const leftRow = l < 2 * left[1] ? rows[l] : Number.POSITIVE_INFINITY;
    const rightRow = r < 2 * right[1] ? rows[r] : Number.POSITIVE_INFINITY;
    // Inside both stretches above or below this row: they are one part.
    if (l % 2 === 1 && r % 2 === 1) join(boundary.parents, (l - 1) / 2, (r - 1) / 2);
    if (leftRow === rightRow && l % 2 === r % 2) {
      if (l % 2 === 0) next[l] = r;
      else next[r] = l;
      l++;
      r++;
      continue;
    }
    const takeLeft = leftRow < rightRow || (leftRow === rightRow && l % 2 === 1);
    const edge = takeLeft ? l++ : r++;
    if (open < 0) {
      open = edge;
      continue;
    }
    // Tops arrive from the left column and leave in the right one; bottoms the other way round.
    const arrives = (edge % 2 === 0) === takeLeft;
    if (arrives) next[edge] = open;
    else next[open] = edge;
    open = -1;
  }
}

function traceRings(boundary: Boundary): { ring: number[]; part: number }[] {
  const { columns, rows, next, parents } = boundary;
  const seen = new Uint8Array(next.length);
  const rings: { ring: number[]; part: number }[] = [];
  for (let first = 0; first < next.length; first++) {
    if (seen[first]) continue;
    const ring: number[] = [];
    for (let edge = first; !seen[edge]; edge = next[edge]) {
      seen[edge] = 1;
      const following = next[edge];
      const x = columns[edge >> 1] + (edge % 2 === 0 ? 1 : 0);
      if (rows[edge] !== rows[following]) ring.push(x, rows[edge], x, rows[following]);
      else if (edge % 2 !== following % 2) ring.push(x, rows[edge]);
    }
    rings.push({ ring, part: rootOf(parents, first >> 1) });
  }
  return rings;
}

/** Joins each hole's ring to the ring above it, at the left end of the hole's uppermost edge. */
function cutToHoles({ columns, rows, next, parents }: Boundary): void {
  const previous = new Int32Array(next.length);
  for (let edge = 0; edge < next.length; edge++) previous[next[edge]] = edge;
  const seen = new Uint8Array(next.length);
  const partsMet = new Set<number>();
  const upper: number[] = [];
  for (let first = 0; first < next.length; first++) {
    if (seen[first]) continue;
    let best = -1;
    for (let edge = first; !seen[edge]; edge = next[edge]) {
      seen[edge] = 1;
      const isBottom = edge % 2 === 1;
      const better =
        best < 0 ||
        rows[edge] < rows[best] ||
        (rows[edge] === rows[best] && columns[edge >> 1] < columns[best >> 1]);
      if (isBottom && better) best = edge;
    }
    const part = rootOf(parents, first >> 1);
    if (partsMet.has(part)) upper.push(best);
    partsMet.add(part);
  }
  for (const bottom of upper) {
    const top = bottom - 1;
    const before = previous[top];
    const after = next[bottom];
    next[before] = after;
    previous[after] = before;
    next[bottom] = top;
    previous[top] = bottom;
  }
}

function rootOf(parents: number[], stretch: number): number {
  let root = stretch;
  while (parents[root] !== root) {
    parents[root] = parents[parents[root]];
    root = parents[root];
  }
  return root;
}

function join(parents: number[], a: number, b: number): void {
  const rootA = rootOf(parents, a);
  const rootB = rootOf(parents, b);
  parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}
