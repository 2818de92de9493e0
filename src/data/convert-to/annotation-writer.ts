import type { CocoDataset } from '../coco/types.ts';

export interface WriteOptions {
  /** The name of the data set in error messages. */
  readonly source?: string | undefined;
  /** Folder of the pictures. Formats that keep pictures beside their annotations get copies. */
  readonly images?: string | undefined;
  /** Largest distance in pixels between an outline traced from a mask and its polygon. Default 0: every corner. */
  readonly tolerance?: number | undefined;
  /** Called after each picture with the number done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called with each line that a user should see. */
  readonly onNote?: ((line: string) => void) | undefined;
}

/** The annotations that could not be written, with counts: `{ "crowds": 3 }`. */
export type LeftOut = Readonly<Record<string, number>>;

/**
 * Writes a COCO data set in the format of another tool. An annotation with a `score` is a prediction, whose score is
 * kept where the format has a place for it.
 */
export interface AnnotationWriter {
  /** The value of `--to`. */
  readonly format: string;
  /** One line: the tool and its format. */
  readonly summary: string;
  /** What is written into the folder. */
  readonly output: string;
  /**
   * @throws InputError naming what cannot be written or represented, or a folder whose other files of the format would
   *   become part of the data set; UsageError if an option is unknown or invalid.
   */
  write(dataset: CocoDataset, folder: string, options?: WriteOptions): Promise<LeftOut>;
}
