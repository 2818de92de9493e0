import type { CocoDataset } from '../coco/types.ts';

export interface ConvertOptions {
  /** Folder of the pictures, where they do not lie where the format puts them. */
  readonly images?: string;
  /** Name of the one category, in formats that know none. Default `object`. */
  readonly category?: string;
  /** VIA: the region attribute that holds the category; needed where there are several. */
  readonly label?: string;
  /** YOLO: `train`, `val` or `test` of data.yaml; without it all of them. */
  readonly split?: string;
  /** Called after each file with the number done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Converted {
  readonly dataset: CocoDataset;
  /** What was left out, with counts: `{ "line shapes, which have no area": 3 }`. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Translates one foreign annotation format into COCO. Images come in the order of their names, categories in
 * the order of the format's own list or else by name; ids count from 1. `file_name` is relative to
 * `options.images`, else to the folder that `picturesIn` names.
 */
export interface Converter {
  /** The value of `--from`. */
  readonly format: string;
  /** One line: the tool and its form. */
  readonly summary: string;
  /** What INPUT is. */
  readonly input: string;
  /** Folder that `file_name` is relative to, without `images`. */
  readonly picturesIn: string;
  /** @throws InputError that names the file, what was expected and what came. */
  convert(input: string, options: ConvertOptions): Promise<Converted>;
}
