import { basename } from 'node:path';
import { largest } from '../../core/extremes.ts';
import { oneLine } from '../../core/printable.ts';

/** Bytes for people, in decimal units as used for disks and by browsers: `178.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** A duration in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60} s`;
  return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
}

/**
 * Formats rows as columns, two spaces apart; the first row is the heading.
 * @param alignRight Columns (from 0) whose cells are numbers.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  alignRight: readonly number[] = [],
): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = cells[0].map((_, column) => largest(cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        alignRight.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}

/** A file's name without folders, or its path where another file has the same name. */
export function nameBeside(path: string, other: string | undefined): string {
  const name = basename(path);
  return other !== undefined && basename(other) === name ? path : name;
}
