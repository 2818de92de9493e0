import type { NamedFile } from '../files/named-files.ts';
import { PageError } from '../words/page-error.ts';

/** The files of an analysis. */
export interface ErrorFiles {
  /** A COCO data set. */
  truth: NamedFile;
  /** COCO results of one model, or of two to compare. */
  results: readonly NamedFile[];
  /** All other files, among them pictures to show. */
  pictures: readonly NamedFile[];
}

/**
 * Tells the annotations, an object, from the results, arrays.
 * @param before Files chosen earlier, kept unless there are new ones of the kind.
 * @throws PageError that says what is missing, or what there is too much of.
 */
export async function sortErrorFiles(files: readonly NamedFile[]): Promise<ErrorFiles> {
  const isJson = ({ path }: NamedFile) => path.toLowerCase().endsWith('.json');
  const truths: NamedFile[] = [];
  const results: NamedFile[] = [];
  for (const named of files.filter(isJson)) {
    const start = (await named.file.slice(0, 1024).text()).replace(/^\uFEFF?\s*/, '');
    (start.startsWith('[') ? results : truths).push(named);
  }
  if (truths.length === 0) throw new PageError('errorsNoTruth');
  if (results.length === 0) throw new PageError('errorsNoResults');
  if (truths.length > 1) throw new PageError('errorsManyTruths', { names: pathsOf(truths) });
  if (results.length > 2) throw new PageError('errorsManyResults', { names: pathsOf(results) });
  const order = new Intl.Collator('en', { numeric: true });
  results.sort((a, b) => order.compare(a.path, b.path));
  return { truth: truths[0], results, pictures: files.filter((file) => !isJson(file)) };
}

function pathsOf(files: readonly NamedFile[]): string {
  return files.map(({ path }) => path).join(', ');
}
