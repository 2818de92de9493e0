import { printableJson } from '../core/printable.ts';
import type { PredictionJson } from './instance.ts';

/** What the line of a picture says besides its prediction. */
export interface LineStart {
  readonly file_name: string;
  /** Of a stack, from 1. */
  readonly page?: number | undefined;
  readonly image_id: number;
  /** As the user named it. */
  readonly model: string;
  /** In the first line of a file: the options that change results, as the user gave them. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** The line of a picture that could not be predicted. */
export interface FailedLine extends LineStart {
  /** One line, which names the picture. */
  readonly error: string;
}

/** A prediction in a line. */
export interface LineOutcome extends PredictionJson {
  /** Instances that the limit left out, if any; see `maxDetections`. */
  readonly omitted?: number | undefined;
}

/** A line of NDJSON results. */
export type ResultLine = (LineStart & LineOutcome) | FailedLine;

/** One picture as a line of NDJSON, with its line break. */
export function resultLine(
  { file_name, page, image_id, model, options }: LineStart,
  outcome: LineOutcome | { readonly error: string },
): string {
  const paged = page === undefined ? {} : { page };
  const begun = options === undefined ? {} : { options };
  return `${printableJson({ file_name, ...paged, image_id, model, ...begun, ...outcome })}\n`;
}
