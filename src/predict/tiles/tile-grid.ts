import type { Region } from '../../image/region.ts';
import type { Size } from '../../ops/boxes.ts';

/**
 * Rows of square tiles that cover a picture. Neighbours share at least `overlap` of a tile; the tiles of a row have equal
 * distances, so that none is a narrow strip. A side that is shorter than a tile is covered by one tile of that length.
 * @param side Side of a tile in pixels of the picture.
 * @param overlap Share of a tile's side, 0 ≤ overlap < 1.
 */
export function tileRows(picture: Size, side: number, overlap: number): Region[][] {
  const across = tileStarts(picture.width, side, overlap);
  const width = Math.min(side, picture.width);
  const height = Math.min(side, picture.height);
  return tileStarts(picture.height, side, overlap).map((top) =>
    across.map((left) => ({ left, top, width, height })),
  );
}

function tileStarts(length: number, side: number, overlap: number): number[] {
  if (length <= side) return [0];
  const step = Math.max(1, Math.floor(side * (1 - overlap)));
  const gaps = Math.ceil((length - side) / step);
  return Array.from({ length: gaps + 1 }, (_, i) => Math.round((i * (length - side)) / gaps));
}
