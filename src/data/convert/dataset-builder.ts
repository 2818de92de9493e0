import { InputError } from '../../core/errors.ts';
import { largest, smallest } from '../../core/extremes.ts';
import { sizeProblem } from '../../core/picture-limits.ts';
import { boundsOfPoints } from '../../ops/boxes.ts';
import { rleArea } from '../../ops/rle/measure.ts';
import { mergeRles } from '../../ops/rle/merge.ts';
import { rleFromPolygons } from '../../ops/rle/polygon.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { maskFields } from '../coco/mask-fields.ts';
import { preview } from '../coco/problems.ts';
import type { CocoAnnotation, CocoBox, CocoCategory, CocoImage } from '../coco/types.ts';
import type { Converted } from './converter.ts';

/** The extent of an object: rings x0,y0,x1,y1,… in pixels, runs, or only a box (x, y, width, height). */
export type ObjectShape =
  | { readonly rings: readonly (readonly number[])[] }
  | { readonly rle: Rle }
  | { readonly box: CocoBox };

/** Collects and numbers images and objects. */
export class DatasetBuilder {
  readonly #images: Required<Pick<CocoImage, 'id' | 'file_name' | 'width' | 'height'>>[] = [];
  readonly #objects: { image: CocoImage; category: string; shape: ObjectShape }[] = [];
  readonly #skipped = new Map<string, number>();
  readonly #leftOut: { name: string; problem: string }[] = [];
  readonly #source: string;
  readonly #description: string;

  /**
   * @param source The file or folder that messages name.
   * @param description Written to `info.description`.
   */
  constructor(source: string, description: string) {
    this.#source = source;
    this.#description = description;
  }

  /** @throws InputError if the image is larger than any that can be read. */
  addImage(fileName: string, { width, height }: { width: number; height: number }): CocoImage {
    const problem = sizeProblem({ width, height });
    if (problem !== undefined) throw new InputError(fileName, problem);
    const image = { id: this.#images.length + 1, file_name: fileName, width, height };
    this.#images.push(image);
    return image;
  }

  /** Adds one object with one or more shapes as its parts; one without a class, or a box without an area, is counted. */
  addObject(image: CocoImage, category: string, shapes: readonly ObjectShape[]): void {
    const shape = united(shapes, image);
    if (category.trim() === '') this.skip('objects without a class');
    else if ('box' in shape && !(shape.box[2] > 0 && shape.box[3] > 0)) this.skip('boxes without an area');
    else this.#objects.push({ image, category, shape });
  }

  /** Counts something that COCO cannot represent. */
  skip(what: string): void {
    this.#skipped.set(what, (this.#skipped.get(what) ?? 0) + 1);
  }

  /** Counts a picture that cannot be used; its objects are left out. */
  leaveOut({ name, problem }: { name: string; problem: string }): void {
    this.#leftOut.push({ name, problem });
  }

  /**
   * @param names The categories in order, including all that were used; default: those used, by name.
   * @throws InputError if there is no picture, every picture was left out, or a category has no name of its own.
   */
  build(names?: readonly string[]): Converted {
    if (this.#images.length === 0) {
      const [
        { name, problem } = { name: this.#source, problem: 'expected pictures with annotations, got none' },
      ] = this.#leftOut;
      throw new InputError(name, problem);
    }
    if (names !== undefined) this.#requireOwnNames(names);
    const used = names ?? [...new Set(this.#objects.map(({ category }) => category))].sort();
    const categories: CocoCategory[] = used.map((name, index) => ({ id: index + 1, name }));
    const idOf = new Map(categories.map(({ id, name }) => [name, id]));
    const annotations = this.#objects.map(({ image, category, shape }, index): CocoAnnotation => {
      const categoryId = idOf.get(category);
      if (categoryId === undefined) throw new RangeError(`category ${category} is not in the list`);
      return {
        id: index + 1,
        image_id: image.id,
        category_id: categoryId,
        ...fieldsOf(shape, image),
        iscrowd: 0,
      };
    });
    const info = { description: this.#description };
    return {
      dataset: { info, images: this.#images, annotations, categories },
      skipped: { ...Object.fromEntries(this.#skipped), ...countedByProblem(this.#leftOut) },
    };
  }

  #requireOwnNames(names: readonly string[]): void {
    const wrong = names.find((name, index) => name.trim() === '' || names.indexOf(name) !== index);
    if (wrong === undefined) return;
    const got = wrong.trim() === '' ? preview(wrong) : `${preview(wrong)} twice`;
    throw new InputError(this.#source, `expected a name of its own for each class, got ${got}`);
  }
}

/** Pictures whose names are listed for each problem. */
const namesShown = 3;

/** `pictures (a.png, b.png): no such picture in photos` → their number. */
function countedByProblem(leftOut: readonly { name: string; problem: string }[]): Record<string, number> {
  const problems = [...new Set(leftOut.map(({ problem }) => problem))];
  return Object.fromEntries(
    problems.map((problem) => {
      const names = leftOut.filter((one) => one.problem === problem).map(({ name }) => name);
      const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ', …' : '');
      return [`${names.length === 1 ? 'picture' : 'pictures'} (${shown}): ${problem}`, names.length];
    }),
  );
}

/** Unites the parts of an object. A box next to a mask adds nothing: it is the box around the mask. */
function united(parts: readonly ObjectShape[], { width, height }: CocoImage): ObjectShape {
  const rings = parts.flatMap((part) => ('rings' in part ? part.rings : []));
  const rles = parts.flatMap((part) => ('rle' in part ? [part.rle] : []));
  if (rles.length === 0 && rings.length === 0) {
    return { box: boxAround(parts.flatMap((part) => ('box' in part ? [part.box] : []))) };
  }
  if (rles.length === 0) return { rings };
  if (rings.length > 0) rles.push(rleFromPolygons(rings, [height, width]));
  return { rle: rles.length === 1 ? rles[0] : mergeRles(rles, 'union') };
}

function boxAround(boxes: readonly CocoBox[]): CocoBox {
  const left = smallest(boxes.map(([x]) => x));
  const top = smallest(boxes.map(([, y]) => y));
  const right = largest(boxes.map(([x, , width]) => x + width));
  const bottom = largest(boxes.map(([, y, , height]) => y + height));
  return boxes.length === 1 ? boxes[0] : [left, top, right - left, bottom - top];
}

function fieldsOf(shape: ObjectShape, { width, height }: CocoImage): ReturnType<typeof maskFields> {
  if ('box' in shape) return { bbox: shape.box, area: shape.box[2] * shape.box[3] };
  if ('rle' in shape) return maskFields(shape.rle);
  const { rings } = shape;
  const area = rleArea(rleFromPolygons(rings, [height, width]));
  return { segmentation: rings, bbox: extentOf(rings, { width, height }), area };
}

/** The box around rings, clipped to the image. */
function extentOf(
  rings: readonly (readonly number[])[],
  { width, height }: { width: number; height: number },
): CocoBox {
  const [x1, y1, x2, y2] = boundsOfPoints(rings);
  const [left, right] = [Math.min(Math.max(x1, 0), width), Math.max(Math.min(x2, width), 0)];
  const [top, bottom] = [Math.min(Math.max(y1, 0), height), Math.max(Math.min(y2, height), 0)];
  return [left, top, Math.max(right - left, 0), Math.max(bottom - top, 0)];
}
