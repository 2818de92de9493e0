import { chooseColors, outlinePath, palette } from '../product.ts';
import type { Found, FoundInstance } from './found.ts';

/** An instance, prepared for drawing in pixels of the picture. */
export interface Shape {
  /** Its position in the prediction, the best score first. */
  index: number;
  instance: FoundInstance;
  /** CSS colour, clearly another one than its neighbours'. */
  color: string;
  /** Path data for the rule `evenodd`: the mask's outline, or the box where there is no mask. */
  outline: string;
}

/** Shapes in the order of the prediction. Colours do not depend on what is shown, so they stay. */
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

/** Those of which nothing is hidden: score and class decide. */
export function visibleShapes(
  shapes: readonly Shape[],
  { threshold, hidden }: { threshold: number; hidden: ReadonlySet<number> },
): Shape[] {
  return shapes.filter(({ instance }) => instance.score >= threshold && !hidden.has(instance.category.id));
}
