import type { ExplainedInput } from '../../explanation/stages.ts';
import { colours } from './svg.ts';

/**
 * Elements that the drawings of a page share: the picture, in pixels of the resized one, and hatching patterns.
 * @param address URL of the picture, which may be a data URI.
 * @returns HTML to include in the page once.
 */
export function sharedDrawings(
  address: string,
  { width, height }: Pick<ExplainedInput, 'width' | 'height'>,
): string {
  return [
    '<svg class="store" aria-hidden="true"><defs>',
    `<image id="picture" href="${address}" width="${width}" height="${height}" preserveAspectRatio="none"/>`,
    // In feature pixels, and in the units of the article's example.
    hatching('lost', colours.lost, 0.5),
    hatching('lost-wide', colours.lost, 8),
    hatching('padding', '#8894a5', 8),
    '</defs></svg>',
  ].join('');
}

function hatching(id: string, colour: string, size: number): string {
  return `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="${size}" height="${size}" fill="${colour}" fill-opacity=".25"/><rect width="${size / 2}" height="${size}" fill="${colour}" fill-opacity=".7"/></pattern>`;
}
