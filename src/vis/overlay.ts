import { chooseColors, palette } from './colors.ts';
import { type Drawable, rleOf } from './drawable.ts';
import { type PlacedLabel, placeLabels, type Rect } from './labels.ts';
import { textPath } from './lettering.ts';
import { outlinePath } from './outline.ts';
import { hundredth } from './rounding.ts';
import { skeletonElements } from './skeleton.ts';

export interface OverlayLayout {
  /** Size of the picture in pixels. */
  readonly width: number;
  readonly height: number;
  /** Output pixels per pixel of the picture. */
  readonly scale: number;
  readonly labels: 'auto' | 'all' | 'none';
  /** Opacity of the masks, 0…1. */
  readonly maskOpacity: number;
}

/** An instance ready to draw, in output pixels. */
interface Shape {
  readonly instance: Drawable;
  readonly box: Rect;
  /** CSS colour. */
  readonly color: string;
  /** Path data of the mask, if there is one. */
  readonly outline: string | undefined;
}

/** Stroke and font sizes, proportional to the output, so that large and small pictures look alike. */
interface Sizes {
  readonly fontSize: number;
  readonly outline: number;
  readonly box: number;
  /** Lower for small boxes, whose frames would hide their contents. */
  readonly boxOpacity: number;
}

const smallestFont = 11;
/** With more instances than this, all of one category, labels omit its name. */
const manyAlike = 15;

/**
 * The SVG elements to draw over a picture of `width · scale` × `height · scale` output pixels: masks, outlines, boxes,
 * skeletons, labels, with smaller instances over larger ones. Drawing them needs no fonts.
 */
export function overlayElements(instances: readonly Drawable[], layout: OverlayLayout): string {
  const shapes = makeShapes(instances, layout.scale);
  const sizes = chooseSizes(shapes, layout);
  const bySize = shapes.toSorted((a, b) => areaOf(b.box) - areaOf(a.box));
  return [
    ...bySize.map((shape) => surface(shape, layout.maskOpacity)),
    ...bySize.map((shape) => contour(shape, sizes)),
    ...bySize.map((shape) => frame(shape, sizes)),
    ...bySize.map(({ instance }) =>
      instance.keypoints ? skeletonElements(instance.keypoints, layout.scale, sizes.outline) : '',
    ),
    ...(layout.labels === 'none' ? [] : labelElements(shapes, layout, sizes)),
  ].join('\n');
}

function makeShapes(instances: readonly Drawable[], scale: number): Shape[] {
  const colors = chooseColors(instances.map(({ box }) => box));
  return instances.map((instance, index) => {
    const rle = rleOf(instance);
    const [x1, y1, x2, y2] = instance.box;
    return {
      instance,
      box: [x1 * scale, y1 * scale, x2 * scale, y2 * scale],
      color: `rgb(${palette[colors[index]].join(',')})`,
      outline: rle && outlinePath(rle, scale),
    };
  });
}

function chooseSizes(shapes: readonly Shape[], { width, height, scale }: OverlayLayout): Sizes {
  const whole = Math.sqrt(width * height) * scale;
  const sides = shapes.map(({ box }) => Math.sqrt(areaOf(box))).sort((a, b) => a - b);
  const typical = sides[Math.floor(sides.length / 2)] ?? whole;
  // With many small instances, sizes are relative to the instances rather than to the picture.
  const fontSize = Math.max(smallestFont, Math.min(whole * 0.018, Math.max(typical * 0.25, whole * 0.012)));
  const outline = Math.max(1, Math.min(whole * 0.0028, typical * 0.04));
  const boxOpacity = Math.min(1, Math.max(0.35, typical / 40));
  return { fontSize, outline, box: Math.max(1, outline * 0.6), boxOpacity };
}

function surface({ outline, color }: Shape, opacity: number): string {
  if (!outline) return '';
  return `<path d="${outline}" fill="${color}" fill-opacity="${opacity}" fill-rule="evenodd"/>`;
}

/** The outline with a dark border, which makes it visible on bright pictures. */
function contour({ outline, color }: Shape, sizes: Sizes): string {
  if (!outline) return '';
  const path = (stroke: string, width: number) =>
    `<path d="${outline}" fill="none" stroke="${stroke}" stroke-width="${hundredth(width)}" stroke-linejoin="round"/>`;
  return path('rgba(0,0,0,0.4)', sizes.outline * 2) + path(color, sizes.outline);
}

function frame({ box: [x1, y1, x2, y2], color }: Shape, sizes: Sizes): string {
  const half = sizes.box / 2;
  const left = Math.round(x1) + half;
  const top = Math.round(y1) + half;
  const width = Math.max(0, Math.round(x2) - half - left);
  const height = Math.max(0, Math.round(y2) - half - top);
  const rect = `<rect x="${hundredth(left)}" y="${hundredth(top)}" width="${hundredth(width)}" height="${hundredth(height)}"`;
  return `${rect} fill="none" stroke="${color}" stroke-width="${hundredth(sizes.box)}" stroke-opacity="${hundredth(sizes.boxOpacity)}"/>`;
}

function labelElements(shapes: readonly Shape[], layout: OverlayLayout, sizes: Sizes): string[] {
  const alike =
    shapes.length > manyAlike &&
    shapes.every(({ instance }) => instance.category.name === shapes[0].instance.category.name);
  // Higher scores are placed first; an instance without a score counts as 1.
  const order = [...shapes.keys()].sort((a, b) => scoreOf(shapes[b]) - scoreOf(shapes[a]));
  const nameless = alike && shapes[0].instance.score === undefined;
  if (nameless && layout.labels === 'auto') return [];
  const placed = placeLabels(
    order.map((index) => ({ box: shapes[index].box, texts: labelTexts(shapes[index].instance, alike) })),
    {
      width: layout.width * layout.scale,
      height: layout.height * layout.scale,
      fontSize: sizes.fontSize,
      labels: layout.labels === 'all' ? 'all' : 'auto',
    },
  );
  return placed.map((label) => labelElement(label, shapes[order[label.index]], sizes));
}

function scoreOf({ instance }: Shape): number {
  return instance.score ?? 1;
}

function labelTexts({ category, score }: Drawable, alike: boolean): string[] {
  const name = category.name.length > 32 ? `${category.name.slice(0, 31)}…` : category.name;
  if (score === undefined) return [name];
  const figure = score.toFixed(2);
  return alike ? [figure] : [`${name} ${figure}`, name];
}

function labelElement(label: PlacedLabel, { color, box }: Shape, { fontSize, box: stroke }: Sizes): string {
  const [x1, y1, x2, y2] = label.plate;
  const plate = `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" rx="${hundredth(fontSize * 0.2)}"`;
  return [
    label.apart ? leader(label.plate, box, `stroke="${color}" stroke-width="${hundredth(stroke)}"`) : '',
    `${plate} fill="${color}"/>`,
    `<path d="${textPath(label.text, label.origin, fontSize)}" fill="#000"/>`,
  ].join('');
}

/** A line from the centre of a label to the nearest point of its box; the label's rectangle covers its start. */
function leader(plate: Rect, box: Rect, style: string): string {
  const x = (plate[0] + plate[2]) / 2;
  const y = (plate[1] + plate[3]) / 2;
  const toX = Math.min(Math.max(x, box[0]), box[2]);
  const toY = Math.min(Math.max(y, box[1]), box[3]);
  return `<path d="M${hundredth(x)} ${hundredth(y)}L${hundredth(toX)} ${hundredth(toY)}" fill="none" ${style}/>`;
}

function areaOf([x1, y1, x2, y2]: Rect): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}
