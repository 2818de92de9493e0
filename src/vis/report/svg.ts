import type { Grid, PlainBox } from '../../explanation/plain.ts';
import type { ExplainedInput } from '../../explanation/stages.ts';
import { tenth } from '../rounding.ts';

/**
 * Colours with the same meaning in every drawing, bright enough for photographs. The style sheet has its own for proposals
 * and final boxes, which are legible on the page in its light and dark themes.
 */
export const colours = {
  anchor: '#ffffff',
  proposal: '#ff9f1c',
  final: '#1fd6c1',
  mask: '#ff5fa2',
  lost: '#e5484d',
} as const;

export interface BoxStyle {
  stroke: string;
  /** In CSS pixels, whatever the drawing's scale. */
  width?: number;
  dashed?: boolean;
  opacity?: number;
}

/** The outlines of boxes as a single path. */
export function boxPath(
  boxes: readonly PlainBox[],
  { stroke, width = 2, dashed, opacity = 1 }: BoxStyle,
): string {
  const path = boxes
    .map(([x1, y1, x2, y2]) => `M${tenth(x1)} ${tenth(y1)}H${tenth(x2)}V${tenth(y2)}H${tenth(x1)}Z`)
    .join('');
  const dash = dashed ? ' stroke-dasharray="5 4"' : '';
  return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-opacity="${opacity}"${dash} vector-effect="non-scaling-stroke"/>`;
}

/** A box with a dark border, which makes it visible on bright pictures. */
export function strongBox(box: PlainBox, stroke: string, dashed = false): string {
  return (
    boxPath([box], { stroke: '#000', width: 4, opacity: 0.55 }) + boxPath([box], { stroke, width: 2, dashed })
  );
}

/**
 * A mask's area and outline.
 * @param path From `outlinePath`. @param scale From the path's pixels to those of the drawing; default 1.
 */
export function maskArea(path: string, scale?: readonly [x: number, y: number]): string {
  const transform = scale ? ` transform="scale(${scale.join(' ')})"` : '';
  return `<path d="${path}"${transform} fill="${colours.mask}" fill-opacity=".45" stroke="${colours.mask}" stroke-width="2" vector-effect="non-scaling-stroke" fill-rule="evenodd"/>`;
}

/** An SVG element that shows a rectangle of a plane. @param content SVG. */
export function drawing([x1, y1, x2, y2]: PlainBox, content: string, className = ''): string {
  const view = [x1, y1, x2 - x1, y2 - y1].map(tenth).join(' ');
  return `<svg viewBox="${view}" preserveAspectRatio="xMinYMin" class="${className}" aria-hidden="true">${content}</svg>`;
}

/**
 * The resized picture with content drawn over it; refers to the picture in `sharedDrawings`.
 * @param content SVG in pixels of the resized picture.
 */
export function photo(input: ExplainedInput, content: string, part?: PlainBox): string {
  const view = part ?? [0, 0, input.width, input.height];
  return drawing(view, `<use href="#picture"/>${content}`, 'photo');
}

/** Minimum side of a part of the picture, in pixels of the resized one. */
const smallestPart = 24;

/** A square part of the picture around a box, with a margin of `margin` times the box's longer side where it fits. */
export function partAround(box: PlainBox, { width, height }: ExplainedInput, margin: number): PlainBox {
  const side = Math.max(Math.max(box[2] - box[0], box[3] - box[1]) * (1 + 2 * margin), smallestPart);
  const span = (low: number, high: number, limit: number) => {
    const extent = Math.min(side, limit);
    const start = Math.min(Math.max((low + high - extent) / 2, 0), limit - extent);
    return [start, start + extent];
  };
  const [x1, x2] = span(box[0], box[2], width);
  const [y1, y2] = span(box[1], box[3], height);
  return [x1, y1, x2, y2];
}

/** The image of a grid, one unit per value. @param uri From `heatMap` or `logitMap`. */
export function gridImage({ rows, columns }: Grid, uri: string, x = 0, y = 0): string {
  return `<image href="${uri}" x="${x}" y="${y}" width="${columns}" height="${rows}" preserveAspectRatio="none" class="grid"/>`;
}

/** The image of a grid as an SVG element. */
export function gridDrawing(grid: Grid, uri: string, className = 'map'): string {
  return drawing([0, 0, grid.columns, grid.rows], gridImage(grid, uri), className);
}
