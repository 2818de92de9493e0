import { oneLine } from '../../core/printable.ts';

/** `fatal`: training or evaluation would fail or mislead. `warning`: worth a look, but the data is usable. */
export type Severity = 'fatal' | 'warning';

/** Every kind of problem that a data set can have, and its severity. `docs/data.md` explains each. */
export const severityOf = {
  malformed: 'fatal',
  'missing-field': 'fatal',
  'duplicate-id': 'fatal',
  'unknown-image': 'fatal',
  'unknown-category': 'fatal',
  'rle-size': 'fatal',
  'rle-counts': 'fatal',
  'no-box-no-mask': 'fatal',
  'unusable-mask': 'fatal',
  keypoints: 'fatal',
  'all-crowd': 'fatal',
  'no-images': 'fatal',
  'no-categories': 'fatal',
  'picture-missing': 'fatal',
  'picture-unreadable': 'fatal',
  'picture-size': 'fatal',
  'picture-rotated': 'fatal',
  'repeated-id': 'warning',
  'no-annotations': 'warning',
  'no-mask': 'warning',
  'no-area': 'warning',
  'bad-box': 'warning',
  'bad-ring': 'warning',
  'empty-mask': 'warning',
  'outside-image': 'warning',
  'box-mask-differ': 'warning',
  'area-mask-differ': 'warning',
  'keypoint-count': 'warning',
  'unused-category': 'warning',
  'duplicate-name': 'warning',
  'empty-name': 'warning',
  'absent-annotated': 'fatal',
} as const satisfies Record<string, Severity>;

export type ProblemCode = keyof typeof severityOf;

/** What a problem refers to; ids are those of the data set. */
export interface ProblemPlace {
  readonly annotationId?: number;
  readonly categoryId?: number;
  readonly imageId?: number;
  /** `file_name` of the image. */
  readonly file?: string;
  /** If an id is missing or wrong: the position in the JSON, such as `annotations[12]`. */
  readonly record?: string;
}

/** One problem of a data set. */
export interface Problem extends ProblemPlace {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** One line: the field, the expected and the actual value. */
  readonly message: string;
}

/** Creates a problem with its code's severity. */
export function problem(code: ProblemCode, place: ProblemPlace, message: string): Problem {
  return { code, severity: severityOf[code], ...place, message };
}

/**
 * The problem in one line: `fatal: annotation 7, image 3 (a.jpg): bbox: expected …, got … [bad-box]`.
 * @example
 * ```ts
 * import { formatProblem, type Problem, readCocoDataset } from 'mask-rcnn';
 *
 * const problems: Problem[] = [];
 * await readCocoDataset('train.json', { onMalformed: (problem) => problems.push(problem) });
 * console.log(problems.map(formatProblem).join('\n'));
 * ```
 */
export function formatProblem(found: Problem): string {
  const { annotationId, categoryId, imageId, file, record } = found;
  const place: string[] = [];
  if (record !== undefined) place.push(record);
  if (annotationId !== undefined) place.push(`annotation ${annotationId}`);
  if (categoryId !== undefined) place.push(`category ${categoryId}`);
  if (imageId !== undefined)
    place.push(file === undefined ? `image ${imageId}` : `image ${imageId} (${file})`);
  const prefix = place.length === 0 ? '' : `${place.join(', ')}: `;
  return oneLine(`${found.severity}: ${prefix}${found.message} [${found.code}]`);
}

/** A value from a JSON file, shortened to fit a line. */
export function preview(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
