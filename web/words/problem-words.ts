import type { Language, ProblemKind } from '../product.ts';
import type { WordKey } from './english.ts';
import type { WordValues } from './say.ts';

/** A problem of the server in the words of someone who uses the page, with what to do. */
interface Told {
  key: WordKey;
  values?: WordValues;
}

/** What each language counts pixels in: megapixels, and 万像素. */
const pixelUnits: Record<Language, number> = { en: 1e6, zh: 1e4 };

/**
 * How the page tells a problem of the server; null for those that it passes on as the server words them.
 * @param detail The numbers in it are told too.
 */
export function toldProblem(kind: ProblemKind, detail: string, language: Language): Told | null {
  switch (kind) {
    case 'picture-too-large': {
      const [, width, height, limit] = detail.match(/(\d+)×(\d+) pixels, more than the limit of (\d+)/) ?? [];
      if (!limit) return null;
      const said = (pixels: number) => String(Number((pixels / pixelUnits[language]).toFixed(1)));
      const values = { size: said(Number(width) * Number(height)), limit: said(Number(limit)) };
      return { key: 'tooManyPixels', values };
    }
    case 'body-too-large': {
      const bytes = detail.match(/limit of (\d+) bytes/)?.[1];
      return bytes ? { key: 'fileTooLarge', values: { limit: Number(bytes) / 1e6 } } : null;
    }
    case 'unauthorized':
      return { key: detail === 'wrong token' ? 'wrongToken' : 'tokenNeeded' };
    case 'busy':
      return { key: 'serverBusy' };
    case 'stopping':
      return { key: 'serverGone' };
    case 'timeout':
      return { key: 'tookTooLong' };
    case 'worker-died':
      return { key: 'serverFailedTwice' };
    default:
      return null;
  }
}
