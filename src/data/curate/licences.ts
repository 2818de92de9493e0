import type { CocoDataset, CocoImage } from '../coco/types.ts';

type Licence = Readonly<Record<string, unknown>>;

/**
 * The licences of merged data sets. One keeps its id unless another has it; those that differ in nothing but the id are
 * one.
 */
export class MergedLicences {
  readonly list: Licence[] = [];
  readonly #ids = new Set<unknown>();
  readonly #byContent = new Map<string, unknown>();
  #largest = 0;

  /** Adds those of a data set. @returns Their ids there → in the result. */
  add({ licenses = [] }: Pick<CocoDataset, 'licenses'>): Map<unknown, unknown> {
    const records = licenses.filter((licence) => typeof licence === 'object' && licence !== null);
    return new Map(
      records.map(({ id, ...content }) => {
        const key = JSON.stringify(Object.entries(content).sort());
        if (!this.#byContent.has(key)) this.#append({ ...content, id }, key);
        return [id, this.#byContent.get(key)];
      }),
    );
  }

  /**
   * The image with the id that its licence has in the result. An id that its data set does not list is kept, unless it
   * would name the licence of another data set.
   * @param idOf Of its data set.
   */
  renumbered<Image extends CocoImage>(image: Image, idOf: ReadonlyMap<unknown, unknown>): Image {
    if (!('license' in image)) return image;
    const { license, ...rest } = image;
    if (idOf.has(license)) return { ...image, license: idOf.get(license) };
    return this.#ids.has(license) ? (rest as unknown as Image) : image;
  }

  #append({ id, ...content }: Licence, key: string): void {
    const own = id === undefined || this.#ids.has(id) ? this.#largest + 1 : id;
    if (typeof own === 'number') this.#largest = Math.max(this.#largest, own);
    this.#ids.add(own);
    this.#byContent.set(key, own);
    this.list.push({ id: own, ...content });
  }
}
