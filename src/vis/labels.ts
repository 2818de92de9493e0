import { intersectionArea } from '../ops/boxes.ts';
import { capitalHeight, textWidth } from './lettering.ts';

/** x1, y1, x2, y2 in output pixels. */
export type Rect = readonly [number, number, number, number];

/** A label at its final position. */
export interface PlacedLabel {
  /** Index of its instance. */
  readonly index: number;
  readonly text: string;
  /** The rectangle behind the text. */
  readonly plate: Rect;
  /** Left end of the text's baseline. */
  readonly origin: readonly [number, number];
  /** Whether the label is away from its box, so that a line should connect them. */
  readonly apart: boolean;
}

export interface LabelLayout {
  /** Size of the output in pixels; labels stay inside. */
  readonly width: number;
  readonly height: number;
  /** In output pixels. */
  readonly fontSize: number;
  /**
   * `auto`: only labels that fit at their box and hide little; `all`: every instance, away from its box if there is no
   * room at it, until the picture is full.
   */
  readonly labels: 'auto' | 'all';
}

/** An instance to label; earlier ones are placed first. */
export interface Labelled {
  readonly box: Rect;
  /** Alternative texts, preferred first; later ones are shorter. */
  readonly texts: readonly string[];
}

/** In `auto`, a label may cover at most this fraction of its own box, and of any other one. */
const mayHideOwn = 0.45;
const mayHideOther = 0.25;
/** With more instances than this, `auto` omits labels that are larger than their box. */
const crowd = 25;
/** In `auto`, all labels together may cover this fraction of the picture. */
const mayTakeOfPicture = 0.12;

/** Places labels without overlap inside the picture; labels for which there is no such place are omitted. */
export function placeLabels(instances: readonly Labelled[], layout: LabelLayout): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const boxes = instances.map(({ box }) => box);
  let room = layout.labels === 'auto' ? mayTakeOfPicture * layout.width * layout.height : Infinity;
  for (const index of instances.keys()) {
    const label = labelAtBox(index, instances, { boxes, placed, layout });
    if (!label) continue;
    room -= areaOf(label.plate);
    if (room < 0) break;
    placed.push(label);
  }
  if (layout.labels === 'auto') return placed;
  const done = new Set(placed.map(({ index }) => index));
  // If a label finds no place, no label of at least its width will, so a full picture is searched only once.
  let tooWide = Infinity;
  for (const [index, { box, texts }] of instances.entries()) {
    const text = texts[texts.length - 1];
    const size = plateSize(text, layout.fontSize);
    if (done.has(index) || size[0] >= tooWide) continue;
    const plate = nearestFree(box, size, { boxes, placed, layout });
    if (plate) placed.push(labelOn(plate, { index, text, apart: true }, layout.fontSize));
    else tooWide = size[0];
  }
  return placed;
}

interface Surroundings {
  readonly boxes: readonly Rect[];
  readonly placed: readonly PlacedLabel[];
  readonly layout: LabelLayout;
}

function labelAtBox(
  index: number,
  instances: readonly Labelled[],
  surroundings: Surroundings,
): PlacedLabel | undefined {
  const { boxes, layout } = surroundings;
  for (const text of instances[index].texts) {
    const size = plateSize(text, layout.fontSize);
    if (layout.labels === 'auto' && boxes.length > crowd && size[0] * size[1] > areaOf(boxes[index]))
      continue;
    let best: Rect | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [rank, plate] of platesAt(boxes[index], size, layout).entries()) {
      if (!isFree(plate, surroundings)) continue;
      const hidden = hiddenParts(plate, index, boxes);
      if (layout.labels === 'auto' && (hidden.own > mayHideOwn || hidden.other > mayHideOther)) continue;
      const cost = rank * 0.03 + hidden.own + 2 * hidden.other;
      if (cost < least) {
        least = cost;
        best = plate;
      }
    }
    if (best) return labelOn(best, { index, text, apart: false }, layout.fontSize);
  }
  return undefined;
}

function plateSize(text: string, fontSize: number): readonly [width: number, height: number] {
  return [Math.ceil(textWidth(text, fontSize) + fontSize * 0.6), Math.ceil(fontSize * 1.3)];
}

function labelOn(
  plate: Rect,
  label: Pick<PlacedLabel, 'index' | 'text' | 'apart'>,
  fontSize: number,
): PlacedLabel {
  const baseline = (plate[1] + plate[3] + capitalHeight * fontSize) / 2;
  return { ...label, plate, origin: [plate[0] + fontSize * 0.3, baseline] };
}

/** Candidate positions at a box, preferred first: above, inside, below, beside. */
function platesAt(
  [x1, y1, x2, y2]: Rect,
  [width, height]: readonly [number, number],
  layout: LabelLayout,
): Rect[] {
  const corners: (readonly [number, number])[] = [
    [x1, y1 - height],
    [x1, y1],
    [x1, y2],
    [x2 - width, y1 - height],
    [x2 - width, y1],
    [x2 - width, y2],
    [x1, y2 - height],
    [x2 - width, y2 - height],
    [(x1 + x2 - width) / 2, (y1 + y2 - height) / 2],
    [x2, y1],
    [x1 - width, y1],
    [x2, y2 - height],
    [x1 - width, y2 - height],
  ];
  return corners
    .filter(([, y]) => y >= 0 && y + height <= layout.height)
    .map(([x, y]) => {
      const left = Math.round(Math.max(0, Math.min(x, layout.width - width)));
      const top = Math.round(y);
      return [left, top, left + width, top + height];
    });
}

/** The free position nearest to a box, searched in rings around it; undefined if the picture is full. */
function nearestFree(
  [x1, y1, x2, y2]: Rect,
  [width, height]: readonly [number, number],
  surroundings: Surroundings,
): Rect | undefined {
  const { layout } = surroundings;
  const reach = Math.hypot(layout.width, layout.height);
  for (let away = height; away < reach; away += height / 2) {
    const steps = Math.max(8, Math.round((2 * Math.PI * away) / height));
    for (let step = 0; step < steps; step++) {
      const angle = (2 * Math.PI * step) / steps - Math.PI / 2;
      const left = Math.round((x1 + x2 - width) / 2 + Math.cos(angle) * (away + (x2 - x1) / 2));
      const top = Math.round((y1 + y2 - height) / 2 + Math.sin(angle) * (away + (y2 - y1) / 2));
      const plate: Rect = [left, top, left + width, top + height];
      if (isFree(plate, surroundings)) return plate;
    }
  }
  return undefined;
}

function isFree(plate: Rect, { placed, layout }: Surroundings): boolean {
  const inside = plate[0] >= 0 && plate[1] >= 0 && plate[2] <= layout.width && plate[3] <= layout.height;
  return inside && placed.every((other) => intersectionArea(plate, other.plate) === 0);
}

/** The fraction of its own box, and the largest fraction of another one, that a label would cover. */
function hiddenParts(plate: Rect, index: number, boxes: readonly Rect[]): { own: number; other: number } {
  let own = 0;
  let other = 0;
  for (const [i, box] of boxes.entries()) {
    const part = intersectionArea(plate, box) / Math.max(1, areaOf(box));
    if (i === index) own = part;
    else other = Math.max(other, part);
  }
  return { own, other };
}

function areaOf([x1, y1, x2, y2]: Rect): number {
  return (x2 - x1) * (y2 - y1);
}
