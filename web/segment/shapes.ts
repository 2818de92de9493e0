import { chooseColors, outlinePath, palette } from '../product.ts';
import type { Found, FoundInstance } from './found.ts';

/** An instance ready to draw, in pixels of the picture. */
export interface Shape {
  /** Index in the prediction, sorted by descending score. */
  index: number;
  /** Counted from 1 by descending score, among the visible ones: as in the list, on the picture and in saved files. */
  number: number;
  instance: FoundInstance;
  /** CSS colour, clearly different from those of nearby instances. */
  color: string;
  /** Path data for the fill rule `evenodd`: the mask's outline, or the box if there is no mask. */
  outline: string;
}

/** Shapes in the order of the prediction. Colours do not depend on which are shown, so they do not change. */
export function makeShapes({ instances }: Found): Shape[] {
  const colors = chooseColors(instances.map(({ box }) => box));
  return instances.map((instance, index) => {
    const { box, mask } = instance;
    return {
      index,
      number: index + 1,
      instance,
      color: `rgb(${palette[colors[index]].join(' ')})`,
      outline: mask ? outlinePath(mask, 1) : boxPath(box),
    };
  });
}

/** The path of a box, in pixels of the picture. */
export function boxPath([x1, y1, x2, y2]: FoundInstance['box']): string {
  return `M${x1} ${y1}H${x2}V${y2}H${x1}Z`;
}

/** Which classes are visible: all except some, or only some. It also holds for the next pictures, with their classes. */
export interface ClassSelection {
  kind: 'except' | 'only';
  /** Ids of categories. */
  ids: ReadonlySet<number>;
}

export const allClasses: ClassSelection = { kind: 'except', ids: new Set() };

export function isVisibleClass({ kind, ids }: ClassSelection, id: number): boolean {
  return ids.has(id) === (kind === 'only');
}

/** The shapes that are above the threshold and of a visible class, numbered. */
export function visibleShapes(
  shapes: readonly Shape[],
  { threshold, classes }: { threshold: number; classes: ClassSelection },
): Shape[] {
  return shapes
    .filter(({ instance }) => instance.score >= threshold && isVisibleClass(classes, instance.category.id))
    .map((shape, i) => ({ ...shape, number: i + 1 }));
}
