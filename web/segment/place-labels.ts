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

/** Mean width of a letter of the page's font, for a font size of 1; plates have room to spare. */
const letterWidth = 0.58;

/**
 * Labels at the upper left corners of boxes, those of better scores first; one that would cover another is left out.
 * @param layout Size of the picture and of the letters, in pixels of the picture.
 */
export function placeLabels(
  shapes: readonly Shape[],
  layout: { width: number; height: number; fontSize: number },
): Label[] {
  const { width: right, height: bottom, fontSize } = layout;
  const placed: Label[] = [];
  for (const shape of shapes) {
    const { box, category, score } = shape.instance;
    const text = `${category.name} ${score.toFixed(2)}`;
    const width = (text.length * letterWidth + 0.8) * fontSize;
    const height = 1.4 * fontSize;
    const x = Math.max(0, Math.min(box[0], right - width));
    const above = box[1] - height;
    const y = Math.max(0, Math.min(above >= 0 ? above : box[1], bottom - height));
    const label = { shape, text, x, y, width, height };
    if (placed.every((other) => !overlaps(label, other))) placed.push(label);
  }
  return placed;
}

function overlaps(a: Label, b: Label): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
