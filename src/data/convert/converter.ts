import type { CocoDataset } from '../coco/types.ts';

export interface ConvertOptions {
  /** Folder of the pictures, if not where the format puts them. */
  readonly images?: string | undefined;
  /** Name of the single category, for formats without categories. Default `object`. */
  readonly category?: string | undefined;
  /** VIA: the region attribute that holds the category; required if there are several. */
  readonly label?: string | undefined;
  /** YOLO: `train`, `val` or `test` of data.yaml. Default: all of them. */
  readonly split?: string | undefined;
  /** Called after each file with the number done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Converted {
  readonly dataset: CocoDataset;
  /** What was left out, with counts: `{ "line shapes, which have no area": 3 }`. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Converts one foreign annotation format to COCO. Images are ordered by name, categories by the format's own
 * list or else by name; ids count from 1. `file_name` is relative to `options.images`, or else to the folder
 * described by `picturesIn`.
 */
export interface Converter {
  /** The value of `--from`. */
  readonly format: string;
  /** One line: the tool and its format. */
  readonly summary: string;
  /** Description of the INPUT argument. */
  readonly input: string;
  /** The folder that `file_name` is relative to, without `images`. */
  readonly picturesIn: string;
  /** Those of the options that only some formats use. Default: none. */
  readonly uses?: readonly ('category' | 'label' | 'split')[];
  /** @throws InputError naming the file, the expected and the actual content; UsageError if an option is unknown. */
  convert(input: string, options: ConvertOptions): Promise<Converted>;
}
