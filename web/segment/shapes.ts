import { chooseColors, outlinePath, palette } from '../product.ts';
import type { Found, FoundInstance } from './found.ts';

/** An instance ready to draw, in pixels of the picture. */
export interface Shape {
  /** Index in the prediction, sorted by descending score. */
  index: number;
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

/** The shapes that are above the threshold and of a class that is not hidden. */
export function visibleShapes(
  shapes: readonly Shape[],
  { threshold, hidden }: { threshold: number; hidden: ReadonlySet<number> },
): Shape[] {
  return shapes.filter(({ instance }) => instance.score >= threshold && !hidden.has(instance.category.id));
}
