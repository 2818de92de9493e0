import { holdsFollowingImage } from './image-of-page.ts';
import type { TiffStack } from './stack.ts';
import { firstOf, type TiffDirectory } from './tags.ts';

type Dimension = 'c' | 'z' | 't';

/** A description of more was made up. */
const maxImages = 2 ** 20;

/**
 * The arrangement of a TIFF by ImageJ's description: `ImageJ=1.53t\nimages=6\nchannels=3\nslices=2`. Files of more than 4 GB
 * have one page, whose data the other images follow; a page that was taken out of a stack may keep the description.
 * @param total Number of pages of the file.
 * @returns Undefined for other descriptions, and where it is of one image.
 */
export function imageJStack(first: TiffDirectory, total: number): TiffStack | undefined {
  const { description } = first;
  if (!description.startsWith('ImageJ=')) return undefined;
  const size = (name: string) => positive(new RegExp(`^${name}=(\\d+)`, 'm').exec(description)?.[1]);
  const samples = firstOf(first, 'samplesPerPixel');
  // Bio-Formats counts the samples of a pixel as channels.
  const channels = size('channels') === samples ? 1 : size('channels');
  const sizes = { c: channels, z: size('slices'), t: size('frames') };
  if (sizes.c * sizes.z * sizes.t === 1 && total === 1) sizes.z = size('images');
  const images = sizes.c * sizes.z * sizes.t;
  if (images === 1 || images > maxImages) return undefined;
  if (total === 1 && !holdsFollowingImage(first)) return undefined;
  const order = [...(/^order=([czt]{3})\b/m.exec(description)?.[1] ?? 'czt')] as Dimension[];
  return {
    pages: sizes.z * sizes.t,
    channels: () => Array.from({ length: sizes.c }, (_, i) => String(i + 1)),
    plane(page, channel) {
      const at = { c: channel, z: page % sizes.z, t: Math.floor(page / sizes.z) };
      let index = 0;
      let step = 1;
      for (const dimension of order) {
        index += at[dimension] * step;
        step *= sizes[dimension];
      }
      if (total === 1) return { directory: 0, image: index };
      if (index < total) return { directory: index, image: 0 };
      return `does not contain that plane: its ImageJ description names ${images} images, and it has ${total} pages`;
    },
  };
}

function positive(text: string | undefined): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : 1;
}
