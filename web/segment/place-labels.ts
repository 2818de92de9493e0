import { type Language, shownName } from '../product.ts';
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

/** Size of the picture and of the font, in pixels of the picture, and the language of class names. */
export interface LabelLayout {
  width: number;
  height: number;
  fontSize: number;
  language: Language;
}

/** Mean width of a Latin and of a Chinese character for a font size of 1, generously. */
const latinWidth = 0.58;
const chineseWidth = 1;
/** Labels that are more than this many times as wide as their box are left out. */
const widestPlate = 2.5;
/** With more instances than this of a single class, labels show only the number. */
const manyAlike = 15;

/**
 * Labels at the upper left corners of boxes, by descending score. A label is left out if it would cover another label or
 * the centre of another instance, or if it is much wider than its box; a single label is always placed.
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
  { width: right, height: bottom, fontSize, language }: LabelLayout,
): Label {
  const { box, category, score } = shape.instance;
  const { number } = shape;
  const text = alike ? String(number) : `${number} ${shownName(category.name, language)} ${score.toFixed(2)}`;
  const chinese = text.match(/[\p{Script=Han}（）]/gu)?.length ?? 0;
  const letters = chinese * chineseWidth + (text.length - chinese) * latinWidth;
  const width = (letters + 0.8) * fontSize;
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
