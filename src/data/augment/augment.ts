import type { Random } from '../../core/random.ts';
import type { Picture } from '../../image/picture.ts';
import { resizedSize, type SizeLimits } from '../../image/transform.ts';
import type { Size } from '../../ops/boxes.ts';
import type { Sample } from '../sample/sample.ts';
import { addNoise, blur } from './blur.ts';
import { changeColour } from './colour.ts';
import { copyPaste } from './copy-paste.ts';
import { cropRandomly, cutWindow, zoom } from './crop.ts';
import { flip, mirror, rotate } from './flip.ts';
import { resizeSample, scaledSize } from './resize.ts';
import { changeTone } from './tone.ts';

/** Random changes to a picture and their probabilities; the configuration's `augmentation` has this form. */
export interface Augmentation {
  /** Probabilities. */
  readonly flipHorizontal: number;
  readonly flipVertical: number;
  readonly rotate: number;
  readonly crop: number;
  readonly blur: number;
  readonly noise: number;
  readonly copyPaste: number;
  /** Smallest and largest scale factor. */
  readonly scale: readonly [number, number];
  /** The same for the source of pasted objects, before they are pasted. */
  readonly copyPasteScale: readonly [number, number];
  /** Side of the square crop, in pixels of the resized picture; null for none. */
  readonly window: number | null;
  /** Minimum side of a crop, as a fraction of the picture's. */
  readonly cropSize: number;
  readonly invert: number;
  /** The exponent is drawn from 1 / (1 + this) to 1 + this, log-uniformly. */
  readonly gamma: number;
  /** Factors are drawn from 1 ± these. */
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** Maximum shift of the hue, as a fraction of the circle. */
  readonly hue: number;
  /** Maximum standard deviations: blur in pixels, noise on the scale of 255. */
  readonly blurSigma: number;
  readonly noiseSigma: number;
}

export interface AugmentOptions extends Augmentation {
  /** How the network resizes pictures. */
  readonly limits: SizeLimits;
}

/** A changed sample, and the size to which the network resizes its picture. */
export interface Augmented {
  readonly sample: Sample;
  readonly size: Size;
}

/**
 * Augments a sample at random: pasted objects, geometry, then colour, blur and noise. A picture that is larger than the
 * network's input is resized in between.
 * @param donor Source of objects to paste; null for none.
 */
export function augment(
  sample: Sample,
  donor: Sample | null,
  options: AugmentOptions,
  random: Random,
): Augmented {
  const happens = (probability: number) => random.uniform() < probability;
  let result = sample;
  if (donor) result = copyPaste(result, atRandomScale(donor, options.copyPasteScale, random), random);
  if (happens(options.flipHorizontal)) result = mirror(result);
  if (happens(options.flipVertical)) result = flip(result);
  if (happens(options.rotate)) result = rotate(result, ([1, 2, 3] as const)[random.integer(3)]);
  const factor = factorIn(options.scale, random);
  const { window, limits } = options;
  if (window !== null) {
    const { picture } = result;
    const enlargement = (factor * resizedSize(picture, limits).width) / picture.width;
    result = cutWindow(result, Math.max(1, Math.round(window / enlargement)), random);
  } else {
    if (factor !== 1) result = zoom(result, factor, random);
    if (happens(options.crop)) result = cropRandomly(result, options.cropSize, random);
  }
  const size = networkSize(result.picture, window, limits);
  // The pixels that resizing drops need no colour.
  if (size.width < result.picture.width) result = resizeSample(result, size);
  const { unknown } = sample;
  return {
    sample: {
      ...result,
      picture: disturb(result.picture, options, random),
      ...(unknown ? { unknown } : {}),
    },
    size,
  };
}

/** A window is square; where none with an object was found, the picture is whole, and has to fit into one. */
function networkSize(picture: Size, window: number | null, limits: SizeLimits): Size {
  if (window === null) return resizedSize(picture, limits);
  if (picture.width === picture.height) return { width: window, height: window };
  return resizedSize(picture, { minSize: window, maxSize: window });
}

/** Log-uniform: half the size is as likely as twice the size. */
function factorIn([smallest, largest]: readonly [number, number], random: Random): number {
  return smallest * (largest / smallest) ** random.uniform();
}

function atRandomScale(donor: Sample, scale: readonly [number, number], random: Random): Sample {
  if (scale[0] === 1 && scale[1] === 1) return donor;
  return resizeSample(donor, scaledSize(donor.picture, factorIn(scale, random)));
}

function disturb(picture: Picture, options: Augmentation, random: Random): Picture {
  const around = (spread: number) => spread * (2 * random.uniform() - 1);
  const change = {
    brightness: 1 + around(options.brightness),
    contrast: 1 + around(options.contrast),
    saturation: 1 + around(options.saturation),
    hue: around(options.hue),
  };
  const plain = options.brightness + options.contrast + options.saturation + options.hue === 0;
  let result = plain ? picture : changeColour(picture, change);
  // Without these no number is drawn, so that runs from before they existed keep their seeds' pictures.
  if (options.gamma > 0 || options.invert > 0) {
    const gamma = (1 + options.gamma) ** around(1);
    result = changeTone(result, { gamma, inverts: random.uniform() < options.invert });
  }
  if (random.uniform() < options.blur)
    result = blur(result, Math.max(options.blurSigma * random.uniform(), 0.1));
  if (random.uniform() < options.noise)
    result = addNoise(result, options.noiseSigma * random.uniform(), random);
  return result;
}
