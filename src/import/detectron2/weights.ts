import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { sizeOf } from '../../core/tensor.ts';
import { scopes } from '../../model/weight-names.ts';
import { type WeightEntry, type WeightFile, weightFile } from '../../weights/weight-file.ts';
import { detectron2LayoutOf, detectron2Names, isDetectron2Constant } from './names.ts';

/** Marks a row that is not in the file and is filled with zeros. */
const zeros = -1;

/** How slices along an axis of the file's tensor are reordered. */
interface Reordering {
  axis: 0 | 1;
  /**
   * @param count Slices in the file.
   * @returns For each slice of ours, its position in the file, or {@link zeros}.
   */
  order(count: number): number[];
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Detectron2's background is the last class, ours the first. */
const backgroundFirst: Reordering = { axis: 0, order: (count) => [count - 1, ...numbers(count - 1)] };

/** Detectron2's predictors have no rows for the background's box and mask; ours do, though they are never used. */
const emptyBackground = (rows: number): Reordering => ({
  axis: 0,
  order: (count) => [...new Array<number>(rows).fill(zeros), ...numbers(count)],
});

/** The order of anchors at a location: by size, then the three ratios in Detectron2; by ratio, then size in ours. */
const ratiosOutside = (rows: number): Reordering => ({
  axis: 0,
  order: (count) => {
    const ratios = 3;
    const sizes = count / rows / ratios;
    if (!Number.isInteger(sizes)) return numbers(count);
    return numbers(count).map((to) => {
      const [anchor, row] = [Math.floor(to / rows), to % rows];
      return ((anchor % sizes) * ratios + Math.floor(anchor / sizes)) * rows + row;
    });
  },
});

/** Layers whose rows or channels have another order, in their weight and their bias. */
const reorderings: ReadonlyMap<string, Reordering> = new Map<string, Reordering>([
  // Detectron2's input is blue, green, red.
  [`${scopes.backbone}.conv1`, { axis: 1, order: (count: number) => numbers(count).reverse() }],
  [scopes.rpnObjectness, ratiosOutside(1)],
  [scopes.rpnDeltas, ratiosOutside(4)],
  [scopes.classLogits, backgroundFirst],
  [scopes.boxDeltas, emptyBackground(4)],
  [scopes.maskLogits, emptyBackground(1)],
]);

/**
 * The weights of a Detectron2 model under torchvision's names and in torchvision's order of classes, colours and
 * anchors; null where the file is not a Detectron2 model. Closing the result closes the file.
 * @throws InputError that lists the unknown names.
 */
export function fromDetectron2(file: WeightFile): WeightFile | null {
  const layout = detectron2LayoutOf(file.keys());
  if (!layout) return null;
  const names = detectron2Names(layout);
  const entries = new Map<string, WeightEntry>();
  const unknown: string[] = [];
  for (const key of file.keys()) {
    if (isDetectron2Constant(key)) continue;
    const name = names.current(key);
    if (name === undefined) unknown.push(printable(key));
    else entries.set(name, entryOf(file, key, reorderings.get(name.slice(0, name.lastIndexOf('.')))));
  }
  if (unknown.length > 0) {
    const listed = unknown.slice(0, 10).join(', ');
    throw new InputError(file.name, `is a Detectron2 model with unknown layers: ${listed}`);
  }
  return weightFile(file.name, entries, { metadata: file.metadata, close: () => file.close() });
}

function entryOf(file: WeightFile, key: string, reordering: Reordering | undefined): WeightEntry {
  const shape = file.shapeOf(key);
  const dtype = file.dtypeOf(key);
  const read = async () => (await file.read(key)).data;
  if (!reordering) return { shape, dtype, read };
  const { axis } = reordering;
  const order = reordering.order(shape[axis]!);
  return {
    shape: shape.with(axis, order.length),
    dtype,
    read: async () => takeSlices(await read(), shape, axis, order),
  };
}

/** The slices of a row-major tensor at `order` along an axis. */
function takeSlices(
  data: Float32Array,
  shape: readonly number[],
  axis: number,
  order: readonly number[],
): Float32Array {
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const taken = new Float32Array(outer * order.length * inner);
  for (let o = 0; o < outer; o++) {
    order.forEach((from, to) => {
      if (from === zeros) return;
      const start = (o * shape[axis]! + from) * inner;
      taken.set(data.subarray(start, start + inner), (o * order.length + to) * inner);
    });
  }
  return taken;
}
