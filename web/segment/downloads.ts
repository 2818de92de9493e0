import { escapeXml, type Language } from '../product.ts';
import { PageError } from '../words/page-error.ts';
import type { OverlayView } from './overlay.tsx';
import { type Label, placeLabels } from './place-labels.ts';
import { boxPath, type Shape } from './shapes.ts';

/** The content of a download: the picture and its visible instances. */
export interface Drawing {
  picture: Blob;
  /** Of the picture's file. */
  name: string;
  /** Of the picture in pixels. */
  width: number;
  height: number;
  shapes: readonly Shape[];
  view: OverlayView;
  /** Of the labels. */
  language: Language;
}

const fillOpacity = 0.4;

/** COCO results, as `mask-rcnn predict --json` writes them. */
export function jsonFile({ name, shapes }: Drawing): Blob {
  return new Blob([jsonText({ name, shapes })], { type: 'application/json' });
}

/** The text of `jsonFile`. */
export function jsonText({ name, shapes }: Pick<Drawing, 'name' | 'shapes'>): string {
  const results = shapes.map(({ instance }) => ({ ...instance.entry, file_name: name }));
  return `${JSON.stringify(results, null, 1)}\n`;
}

/** The drawing as an SVG document with the picture inside. */
export async function svgFile(drawing: Drawing): Promise<Blob> {
  const { picture, width, height, shapes, view } = drawing;
  const { line, fontSize } = sizesOf(drawing);
  const bySize = shapes.toSorted((a, b) => b.instance.area - a.instance.area);
  const elements = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<image width="${width}" height="${height}" href="${await uprightDataUrl(picture)}"/>`,
    ...bySize.map(
      ({ outline, color }) =>
        `<path d="${outline}" fill="${color}" fill-opacity="${fillOpacity}" fill-rule="evenodd" stroke="${color}" stroke-width="${line}"/>`,
    ),
    ...(view.boxes ? bySize : []).map(
      ({ instance, color }) =>
        `<path d="${boxPath(instance.box)}" fill="none" stroke="${color}" stroke-width="${line}"/>`,
    ),
    ...labelsOf(drawing, fontSize).map(
      ({ shape, text, x, y, width: w, height: h }) =>
        `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${h * 0.2}" fill="${shape.color}"/>` +
        `<text x="${x + w / 2}" y="${y + h * 0.72}" font-family="sans-serif" font-size="${fontSize}" text-anchor="middle">${escapeXml(text)}</text>`,
    ),
    '</svg>\n',
  ];
  return new Blob([elements.join('\n')], { type: 'image/svg+xml' });
}

/** The drawing as a PNG file of the picture's size; small pictures are enlarged so that labels do not hide them. */
export async function pngFile(drawing: Drawing): Promise<Blob> {
  const { picture, width, height, shapes, view } = drawing;
  const scale = Math.max(1, Math.min(4, Math.floor(1024 / Math.max(width, height))));
  const canvas = new OffscreenCanvas(width * scale, height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new PageError('noCanvas');
  context.scale(scale, scale);
  const bitmap = await createImageBitmap(picture);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { line, fontSize } = sizesOf(drawing);
  context.lineWidth = line;
  for (const { outline, instance, color } of shapes.toSorted((a, b) => b.instance.area - a.instance.area)) {
    const path = new Path2D(outline);
    context.fillStyle = context.strokeStyle = color;
    context.globalAlpha = fillOpacity;
    context.fill(path, 'evenodd');
    context.globalAlpha = 1;
    context.stroke(path);
    if (view.boxes) context.stroke(new Path2D(boxPath(instance.box)));
  }
  context.font = `${fontSize}px sans-serif`;
  context.textAlign = 'center';
  for (const label of labelsOf(drawing, fontSize)) drawLabel(context, label);
  return canvas.convertToBlob({ type: 'image/png' });
}

function drawLabel(
  context: OffscreenCanvasRenderingContext2D,
  { shape, text, x, y, width, height }: Label,
): void {
  context.fillStyle = shape.color;
  context.beginPath();
  context.roundRect(x, y, width, height, height * 0.2);
  context.fill();
  context.fillStyle = '#000';
  context.fillText(text, x + width / 2, y + height * 0.72);
}

function labelsOf({ shapes, view, width, height, language }: Drawing, fontSize: number): Label[] {
  return view.labels ? placeLabels(shapes, { width, height, fontSize, language }) : [];
}

/** Line width and font size in proportion to the picture. */
function sizesOf({ width, height }: Drawing): { line: number; fontSize: number } {
  const side = Math.sqrt(width * height);
  return { line: Math.max(0.5, side / 500), fontSize: Math.max(4, side / 55) };
}

/** As a PNG, since SVG renderers differ in whether they apply the EXIF orientation. */
async function uprightDataUrl(picture: Blob): Promise<string> {
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const png = await canvas.convertToBlob({ type: 'image/png' });
  return await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(png);
  });
}
