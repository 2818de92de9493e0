import { firstOf, type TiffDirectory, tag } from './tags.ts';

const separated = 5;
const greys: readonly number[] = [0, 1];
const palette = 3;
/** Kinds of ExtraSamples: premultiplied and unassociated alpha. All others are not transparency, such as near infrared. */
const alphas: readonly number[] = [1, 2];

/** Whether the only sample of a pixel besides its colours is its alpha. */
export function hasAlpha(directory: TiffDirectory): boolean {
  const [kind, ...others] = directory.numbers.get(tag.extraSamples) ?? [];
  return extraSamples(directory) === 1 && others.length === 0 && alphas.includes(kind);
}

/**
 * Whether the samples of a pixel are channels of which one must be chosen: several of a grey picture without alpha, or more
 * than the four inks. Of RGB, the file says which three are the colours.
 */
export function isMultichannel(directory: TiffDirectory): boolean {
  if (extraSamples(directory) === 0) return false;
  const photometric = firstOf(directory, 'photometric');
  return photometric === separated || (greys.includes(photometric) && !hasAlpha(directory));
}

/** Samples of a pixel besides its colours. */
function extraSamples(directory: TiffDirectory): number {
  const photometric = firstOf(directory, 'photometric');
  let colours = 3;
  if (photometric === separated) colours = 4;
  else if (greys.includes(photometric) || photometric === palette) colours = 1;
  return Math.max(firstOf(directory, 'samplesPerPixel') - colours, 0);
}
