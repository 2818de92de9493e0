import { sizeProblem } from '../../core/picture-limits.ts';
import { isPlaneNumber, isTiffName } from './own-plane.ts';
import { type Problem, type ProblemPlace, preview, problem } from './problems.ts';
import type { CocoCategory, CocoImage } from './types.ts';

type Report = (problem: Problem) => void;

/** A record of `images` as parsed, or undefined, after reporting it, if id, width or height is wrong. */
export function checkImage(value: unknown, index: number, report: Report): CocoImage | undefined {
  const record = asRecord(value, `images[${index}]`, report);
  if (record === undefined) return undefined;
  const place = { record: `images[${index}]` };
  const idIsRight = checkInteger(record, 'id', { place, report });
  const named = {
    ...(idIsRight ? { imageId: record.id as number } : place),
    ...(idIsRight && typeof record.file_name === 'string' ? { file: record.file_name } : {}),
  };
  const widthIsRight = checkSide(record, 'width', { place: named, report });
  const heightIsRight = checkSide(record, 'height', { place: named, report });
  if (record.file_name !== undefined && typeof record.file_name !== 'string') {
    report(problem('malformed', named, `file_name: expected a string, got ${preview(record.file_name)}`));
    delete record.file_name;
  }
  checkPlane(record, { place: named, report });
  for (const key of coverageFields) checkCategoryIds(record, key, { place: named, report });
  if (!idIsRight || !widthIsRight || !heightIsRight) return undefined;
  const image = record as unknown as CocoImage;
  const tooLarge = sizeProblem(image);
  if (tooLarge === undefined) return image;
  report(problem('malformed', named, tooLarge));
  return undefined;
}

/** Removes a page or channel of a TIFF file, after reporting it, if it is not one. */
function checkPlane(record: Record<string, unknown>, { place, report }: Where): void {
  if (!isTiffName(String(record.file_name))) return;
  const isName = (value: unknown) => typeof value === 'string' && value.trim() !== '';
  const check = (key: 'page' | 'channel', isRight: boolean, expected: string) => {
    const value = record[key];
    if (value === undefined || isRight) return;
    if (value !== null)
      report(problem('malformed', place, `${key}: expected ${expected}, got ${preview(value)}`));
    delete record[key];
  };
  check('page', isPlaneNumber(record.page), 'a whole number from 1');
  check(
    'channel',
    isPlaneNumber(record.channel) || isName(record.channel),
    'the number of a channel, from 1, or its name',
  );
}

/** See `coverageOf`. */
const coverageFields = ['neg_category_ids', 'not_exhaustive_category_ids'] as const;

/** Removes the field, after reporting it, if it is not a list of category ids. */
function checkCategoryIds(record: Record<string, unknown>, key: string, { place, report }: Where): void {
  const value = record[key];
  if (value === undefined || (Array.isArray(value) && value.every(Number.isSafeInteger))) return;
  report(problem('malformed', place, `${key}: expected a list of category ids, got ${preview(value)}`));
  delete record[key];
}

/** A record of `categories` as parsed, or undefined, after reporting it, if id or name is wrong. */
export function checkCategory(value: unknown, index: number, report: Report): CocoCategory | undefined {
  const place = { record: `categories[${index}]` };
  const record = asRecord(value, place.record, report);
  if (record === undefined || !checkInteger(record, 'id', { place, report })) return undefined;
  if (typeof record.name === 'string') return record as unknown as CocoCategory;
  const code = record.name === undefined ? 'missing-field' : 'malformed';
  report(
    problem(
      code,
      { categoryId: record.id as number },
      `name: expected a string, got ${preview(record.name)}`,
    ),
  );
  return undefined;
}

interface Where {
  readonly place: ProblemPlace;
  readonly report: Report;
}

function asRecord(value: unknown, record: string, report: Report): Record<string, unknown> | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  report(problem('malformed', { record }, `expected an object {…}, got ${preview(value)}`));
  return undefined;
}

function checkInteger(record: Record<string, unknown>, key: string, where: Where): boolean {
  if (Number.isSafeInteger(record[key])) return true;
  reportField(record, key, { ...where, expected: 'an integer' });
  return false;
}

function checkSide(record: Record<string, unknown>, key: string, where: Where): boolean {
  const value = record[key];
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return true;
  reportField(record, key, { ...where, expected: 'a number of pixels > 0' });
  return false;
}

function reportField(
  record: Record<string, unknown>,
  key: string,
  { place, report, expected }: Where & { expected: string },
): void {
  const code = record[key] === undefined ? 'missing-field' : 'malformed';
  report(problem(code, place, `${key}: expected ${expected}, got ${preview(record[key])}`));
}
