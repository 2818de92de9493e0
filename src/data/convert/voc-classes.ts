import { InputError } from '../../core/errors.ts';
import { readText } from '../json/file.ts';
import { colourValue, type LabelPng } from './label-png.ts';

/** The classes of PASCAL VOC 2012 in the order of their indices 1…20. */
const vocNames =
  'aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person pottedplant sheep sofa train tvmonitor'.split(
    ' ',
  );

const voidIndex = 255;

/** The classes of a VOC data set and how its PNGs encode them. */
export interface VocClasses {
  /** Without background. */
  readonly names: readonly string[];
  /** Name of each colour, including `background`. */
  readonly byColour: ReadonlyMap<number, string>;
  /** Name of each index, background being 0. */
  readonly byIndex: readonly string[];
}

/**
 * The colour of an index in the palette of VOC's PNGs: its bits go to red, green and blue in turn, the lowest
 * bits to the most significant positions (`VOClabelcolormap` of the development kit).
 */
export function vocColour(index: number): number {
  let [red, green, blue] = [0, 0, 0];
  for (let bit = 7, rest = index; rest > 0; bit--, rest >>= 3) {
    red |= (rest & 1) << bit;
    green |= ((rest >> 1) & 1) << bit;
    blue |= ((rest >> 2) & 1) << bit;
  }
  return colourValue(red, green, blue);
}

/** The twenty classes of the challenge. */
export function challengeClasses(): VocClasses {
  const byIndex = ['background', ...vocNames];
  return {
    names: vocNames,
    byIndex,
    byColour: new Map(byIndex.map((name, index) => [vocColour(index), name])),
  };
}

/**
 * Reads `labelmap.txt`, which CVAT and Datumaro write next to their VOC exports: one
 * `name:red,green,blue:parts:actions` per line, the colour optional.
 * @throws InputError naming the line.
 */
export async function readLabelMap(path: string): Promise<VocClasses> {
  const lines = (await readText(path)).split(/\r?\n/);
  const byIndex: string[] = [];
  const byColour = new Map<number, string>();
  for (const [number, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [name, colour] = line.split(':');
    const channels = colour ? colour.split(',').map(Number) : undefined;
    if (
      channels !== undefined &&
      (channels.length !== 3 || channels.some((value) => !(value >= 0 && value <= 255)))
    ) {
      throw new InputError(
        `${path}: line ${number + 1}`,
        `expected name:red,green,blue:…, got ${JSON.stringify(line)}`,
      );
    }
    const value =
      channels === undefined ? vocColour(byIndex.length) : colourValue(channels[0], channels[1], channels[2]);
    byColour.set(value, name);
    byIndex.push(name);
  }
  return { names: byIndex.filter((name) => name !== 'background'), byIndex, byColour };
}

/** The class of a pixel value; undefined if there is none. */
export function classOf(value: number, png: LabelPng, classes: VocClasses): string | undefined {
  if (png.kind === 'grey') return classes.byIndex[value];
  const colour = png.kind === 'rgb' ? value : png.palette?.[value];
  return (
    (colour === undefined ? undefined : classes.byColour.get(colour)) ??
    (png.kind === 'index' ? classes.byIndex[value] : undefined)
  );
}

/** Whether the value is VOC's void outline: index 255, or its colour. */
export function isVoid(value: number, { kind }: LabelPng): boolean {
  return kind === 'rgb' ? value === vocColour(voidIndex) : value === voidIndex;
}

/** The number 1, 2, … of an object from its pixel value, or undefined if a colour is not in VOC's palette. */
export function objectNumber(value: number, { kind }: LabelPng): number | undefined {
  if (kind !== 'rgb') return value;
  for (let index = 1; index < voidIndex; index++) if (vocColour(index) === value) return index;
  return undefined;
}
