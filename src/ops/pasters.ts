import { pasteMask } from './paste-mask.ts';
import { pasteMaskExactly } from './paste-mask-exactly.ts';

/** Ways to put a mask at its place in a picture, by their names in the configuration. */
export const pasters = { wholePixels: pasteMask, exactBox: pasteMaskExactly } as const;
