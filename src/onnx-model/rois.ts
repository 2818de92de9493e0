import { roiInputNames } from '../model/roi-features.ts';
import type { Levels, MapLevel } from '../model/structure.ts';
import { canonicalLevel, levelEpsilon } from '../ops/level-assignment.ts';
import { boxAreas } from './boxes.ts';
import type { Operators } from './operators.ts';

/** RoIs as inputs of a branch's graph, level by level. */
export interface LeveledRois {
  readonly inputs: Record<string, string>;
  /** Values of the RoIs in the order of the levels. */
  sort(rows: string): string;
  /** Rows of the graph's output in the order of the RoIs. */
  restore(rows: string): string;
}

/** `roisByLevel` (predict/graph-stages.ts). @param boxes `[R, 4]` in pixels of the resized picture. */
export function roisByLevel(
  o: Operators,
  boxes: string,
  { roi: levels, canonicalSize }: Levels,
): LeveledRois {
  if (canonicalSize === undefined) {
    const only = roiInputs(o, levels[0], boxes);
    return { inputs: only, sort: (rows) => rows, restore: (rows) => rows };
  }
  const sides = o.apply('Sqrt', boxAreas(o, boxes));
  const indices = levels.map((_, i) => {
    const [from, to] = [sideFrom(i, canonicalSize), sideFrom(i + 1, canonicalSize)];
    if (i === 0) return o.positions(o.less(sides, to));
    if (i === levels.length - 1) return o.positions(o.atLeast(sides, from));
    return o.positions(o.and(o.atLeast(sides, from), o.less(sides, to)));
  });
  const inputs = levels.map((level, i) => roiInputs(o, level, o.gather(boxes, indices[i])));
  const order = o.concat(indices);
  const ranks = o.range(o.extent(order, 0));
  const inverse = o.write.value('ScatterElements', [order, order, ranks], { axis: 0 });
  return {
    inputs: Object.assign({}, ...inputs),
    sort: (rows) => o.gather(rows, order),
    restore: (rows) => o.gather(rows, inverse),
  };
}

/** The position among the levels, P2…P5, of the one that RoIs of the canonical size are pooled from. */
const canonical = canonicalLevel - 2;

/** √area at or above which an RoI is pooled from the level at this position, or a coarser one. */
function sideFrom(position: number, canonicalSize: number): number {
  return canonicalSize * 2 ** (position - canonical - levelEpsilon);
}

function roiInputs(o: Operators, { name }: MapLevel, boxes: string): Record<string, string> {
  const names = roiInputNames(name);
  // Zeros: there is one picture.
  const zeros = o.apply('Expand', o.index(0), o.extent(boxes, 0));
  return { [names.boxes]: boxes, [names.batchIndex]: zeros };
}
