import { table } from '../report/html.ts';

/** Tables with more rows than this scroll. */
const rowsShown = 20;

/** A table with a row for each class. @param cells HTML; the first row is the heading. */
export function classTable(cells: readonly (readonly string[])[]): string {
  return table(cells, cells.length > rowsShown ? 'numeric long' : 'numeric');
}
