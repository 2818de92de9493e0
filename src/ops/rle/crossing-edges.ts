/** A line segment with integer ends. */
export interface Segment {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/**
 * The pairs of segments that meet anywhere but at a common end, as index pairs. Segments that continue each other may
 * share an end; segments that overlap on a line may not.
 */
export function findCrossings(segments: readonly Segment[]): [number, number][] {
  const order = [...segments.keys()].sort((a, b) => leftOf(segments[a]) - leftOf(segments[b]));
  const crossings: [number, number][] = [];
  let active: number[] = [];
  for (const index of order) {
    const segment = segments[index];
    const left = leftOf(segment);
    active = active.filter((other) => Math.max(segments[other].x1, segments[other].x2) >= left);
    for (const other of active) if (meet(segment, segments[other])) crossings.push([other, index]);
    active.push(index);
  }
  return crossings;
}

function leftOf({ x1, x2 }: Segment): number {
  return Math.min(x1, x2);
}

function meet(a: Segment, b: Segment): boolean {
  if (Math.max(a.y1, a.y2) < Math.min(b.y1, b.y2) || Math.max(b.y1, b.y2) < Math.min(a.y1, a.y2))
    return false;
  const a1 = sideOf(b, a.x1, a.y1);
  const a2 = sideOf(b, a.x2, a.y2);
  const b1 = sideOf(a, b.x1, b.y1);
  const b2 = sideOf(a, b.x2, b.y2);
  if (a1 * a2 < 0 && b1 * b2 < 0) return true;
  return (
    (a1 === 0 && isInside(b, a.x1, a.y1)) ||
    (a2 === 0 && isInside(b, a.x2, a.y2)) ||
    (b1 === 0 && isInside(a, b.x1, b.y1)) ||
    (b2 === 0 && isInside(a, b.x2, b.y2)) ||
    (a1 === 0 && a2 === 0 && areSame(a, b))
  );
}

/** −1, 0 or 1 for the side of a line on which a point lies. */
function sideOf({ x1, y1, x2, y2 }: Segment, x: number, y: number): number {
  return Math.sign((x2 - x1) * (y - y1) - (x - x1) * (y2 - y1));
}

/** Whether a point of the line lies between the ends of the segment. */
function isInside({ x1, y1, x2, y2 }: Segment, x: number, y: number): boolean {
  if ((x === x1 && y === y1) || (x === x2 && y === y2)) return false;
  return Math.min(x1, x2) <= x && x <= Math.max(x1, x2) && Math.min(y1, y2) <= y && y <= Math.max(y1, y2);
}

function areSame(a: Segment, b: Segment): boolean {
  return (
    (a.x1 === b.x1 && a.y1 === b.y1 && a.x2 === b.x2 && a.y2 === b.y2) ||
    (a.x1 === b.x2 && a.y1 === b.y2 && a.x2 === b.x1 && a.y2 === b.y1)
  );
}
