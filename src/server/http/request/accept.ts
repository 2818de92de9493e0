import { Problem } from '../../api/problem.ts';

/**
 * Chooses the media type of a response.
 * @param header The `Accept` header; undefined or empty accepts everything.
 * @param offers Media types, preferred first.
 * @throws Problem `not-acceptable` if the client accepts none of them.
 */
export function negotiateType<Offer extends string>(
  header: string | undefined,
  offers: readonly Offer[],
): Offer {
  const type = chooseType(header, offers);
  if (type === null) throw new Problem('not-acceptable', `available types: ${offers.join(', ')}`);
  return type;
}

/**
 * Chooses a media type by an `Accept` header (RFC 9110, section 12.5.1): the offer of the highest quality, as given by
 * the most specific range that matches it; among equals the first.
 * @returns Null if the client accepts none of the offers.
 */
export function chooseType<Offer extends string>(
  header: string | undefined,
  offers: readonly Offer[],
): Offer | null {
  if (header === undefined || header.trim() === '') return offers[0];
  const ranges = header.split(',').map(parseRange);
  let best: Offer | null = null;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > bestQuality) {
      best = offer;
      bestQuality = quality;
    }
  }
  return best;
}

interface Range {
  type: string;
  quality: number;
}

function parseRange(text: string): Range {
  const [type, ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return { type, quality: Number.isNaN(quality) ? 0 : quality };
}

function qualityOf(offer: string, ranges: readonly Range[]): number {
  const general = `${offer.split('/')[0]}/*`;
  for (const wanted of [offer, general, '*/*']) {
    const range = ranges.find(({ type }) => type === wanted);
    if (range) return range.quality;
  }
  return 0;
}
