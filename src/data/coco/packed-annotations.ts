import { sharedMemory } from '../../core/shared-memory.ts';
import { isPolygons } from './truth.ts';
import type { CocoAnnotation, CocoSegmentation } from './types.ts';

/** Where the fields of an annotation are in its row of numbers; NaN where it has none. */
const field = {
  id: 0,
  image: 1,
  category: 2,
  crowd: 3,
  area: 4,
  labelled: 5,
  box: 6,
  /** Index in `lists`. */
  keypoints: 10,
  /** Of the mask: height and width of an RLE, index of its text or list, or index and number of its rings. */
  size: 11,
  text: 13,
  runs: 14,
  rings: 15,
} as const;
const rowLength = 17;

/** Annotations in a form that is quick to send to another thread: what is in shared memory is not copied. */
export interface PackedAnnotations {
  /** [annotations, rowLength] */
  readonly rows: Float64Array;
  /** [lists, 3] of numbers: index of the buffer, first byte, count. */
  readonly lists: Float64Array;
  readonly buffers: readonly ArrayBufferLike[];
  readonly texts: readonly string[];
}

export function packAnnotations(annotations: readonly CocoAnnotation[]): PackedAnnotations {
  const rows = new Float64Array(sharedMemory(annotations.length * rowLength * 8)).fill(Number.NaN);
  const packer = new Packer();
  annotations.forEach((annotation, index) => {
    packer.pack(annotation, rows.subarray(index * rowLength, (index + 1) * rowLength));
  });
  return { rows, ...packer.packed() };
}

class Packer {
  readonly #lists: number[] = [];
  readonly #buffers = new Map<ArrayBufferLike, number>();
  readonly #texts: string[] = [];

  pack(annotation: CocoAnnotation, row: Float64Array): void {
    const { id, image_id, category_id, iscrowd, area, num_keypoints, bbox, keypoints, segmentation } =
      annotation;
    row[field.id] = id;
    row[field.image] = image_id;
    row[field.category] = category_id;
    row[field.crowd] = iscrowd ?? Number.NaN;
    row[field.area] = area ?? Number.NaN;
    row[field.labelled] = num_keypoints ?? Number.NaN;
    if (bbox !== undefined) row.set(bbox, field.box);
    if (keypoints !== undefined) row[field.keypoints] = this.#list(keypoints);
    if (segmentation !== undefined) this.#packSegmentation(segmentation, row);
  }

  packed(): Omit<PackedAnnotations, 'rows'> {
    return {
      lists: Float64Array.from(this.#lists),
      buffers: [...this.#buffers.keys()],
      texts: this.#texts,
    };
  }

  #packSegmentation(segmentation: CocoSegmentation, row: Float64Array): void {
    if (isPolygons(segmentation)) {
      row[field.rings] = this.#lists.length / 3;
      row[field.rings + 1] = segmentation.length;
      for (const ring of segmentation) this.#list(ring);
      return;
    }
    const { size, counts } = segmentation;
    row.set(size, field.size);
    if (typeof counts === 'string') row[field.text] = this.#texts.push(counts) - 1;
    else row[field.runs] = this.#list(counts);
  }

  #list(numbers: ArrayLike<number>): number {
    const { buffer, byteOffset, length } =
      numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
    let index = this.#buffers.get(buffer);
    if (index === undefined) {
      index = this.#buffers.size;
      this.#buffers.set(buffer, index);
    }
    return this.#lists.push(index, byteOffset, length) / 3 - 1;
  }
}

/** The annotations; their lists of numbers are views of the packed memory. */
export function unpackAnnotations(packed: PackedAnnotations): CocoAnnotation[] {
  const count = packed.rows.length / rowLength;
  return Array.from({ length: count }, (_, index) => unpack(packed, index * rowLength));
}

type Draft = { -readonly [K in keyof CocoAnnotation]: CocoAnnotation[K] };

function unpack(packed: PackedAnnotations, at: number): CocoAnnotation {
  const { rows } = packed;
  const draft: Draft = {
    id: rows[at + field.id],
    image_id: rows[at + field.image],
    category_id: rows[at + field.category],
  };
  const has = (offset: number) => !Number.isNaN(rows[at + offset]);
  if (has(field.crowd)) draft.iscrowd = rows[at + field.crowd] as 0 | 1;
  if (has(field.area)) draft.area = rows[at + field.area];
  if (has(field.labelled)) draft.num_keypoints = rows[at + field.labelled];
  if (has(field.box)) {
    const first = at + field.box;
    draft.bbox = [rows[first], rows[first + 1], rows[first + 2], rows[first + 3]];
  }
  if (has(field.keypoints)) draft.keypoints = listAt(packed, rows[at + field.keypoints]);
  if (has(field.rings)) {
    const rings: Float64Array[] = [];
    for (let ring = 0; ring < rows[at + field.rings + 1]; ring++)
      rings.push(listAt(packed, rows[at + field.rings] + ring));
    draft.segmentation = rings;
  } else if (has(field.text) || has(field.runs)) {
    const counts = has(field.text)
      ? packed.texts[rows[at + field.text]]
      : listAt(packed, rows[at + field.runs]);
    draft.segmentation = { size: [rows[at + field.size], rows[at + field.size + 1]], counts };
  }
  return draft;
}

function listAt({ lists, buffers }: PackedAnnotations, index: number): Float64Array {
  return new Float64Array(buffers[lists[3 * index]], lists[3 * index + 1], lists[3 * index + 2]);
}
