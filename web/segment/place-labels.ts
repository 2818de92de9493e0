import type { Shape } from './shapes.ts';

export interface Label {
  shape: Shape;
  text: string;
  /** Left and top of the plate, its width and height, in pixels of the picture. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Size of the picture and of the letters, in pixels of the picture. */
export interface LabelLayout {
  width: number;
  height: number;
  fontSize: number;
}

/** Mean width of a letter of the page's font, for a font size of 1; plates have room to spare. */
const letterWidth = 0.58;
/** A plate this many times as wide as its box says more of the plate than of the box. */
const widestPlate = 2.5;
/** More instances than this of a single class, and their labels leave its name away. */
const manyAlike = 15;

/**
 * Labels at the upper left corners of boxes, those of better scores first. One is left out where it would cover another
 * label or the middle of another instance, or dwarf its own box; a single one always finds its place.
 */
export function placeLabels(shapes: readonly Shape[], layout: LabelLayout): Label[] {
  const alike = shapes.length > manyAlike && new Set(shapes.map(categoryOf)).size === 1;
  const placed: Label[] = [];
  for (const shape of shapes) {
    const label = labelOf(shape, alike, layout);
    const fits =
      label.width <= widestPlate * (shape.instance.box[2] - shape.instance.box[0]) &&
      placed.every((other) => !overlaps(label, other)) &&
      shapes.every((other) => other === shape || !coversMiddle(label, other));
    if (fits || shapes.length === 1) placed.push(label);
  }
  return placed;
}

function labelOf(
  shape: Shape,
  alike: boolean,
  { width: right, height: bottom, fontSize }: LabelLayout,
): Label {
  const { box, category, score } = shape.instance;
  const text = alike ? score.toFixed(2) : `${category.name} ${score.toFixed(2)}`;
  const width = (text.length * letterWidth + 0.8) * fontSize;
  const height = 1.4 * fontSize;
  const above = box[1] - height;
  const x = Math.max(0, Math.min(box[0], right - width));
  const y = Math.max(0, Math.min(above >= 0 ? above : box[1], bottom - height));
  return { shape, text, x, y, width, height };
}

function categoryOf({ instance }: Shape): number {
  return instance.category.id;
}

function overlaps(a: Label, b: Label): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function coversMiddle({ x, y, width, height }: Label, { instance }: Shape): boolean {
  const [x1, y1, x2, y2] = instance.box;
  const middleX = (x1 + x2) / 2;
  const middleY = (y1 + y2) / 2;
  return middleX > x && middleX < x + width && middleY > y && middleY < y + height;
}
