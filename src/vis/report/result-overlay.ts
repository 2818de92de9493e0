import sharp from 'sharp';
import type { Picture } from '../../image/picture.ts';
import { drawInstances } from '../draw-instances.ts';
import { overlayElements } from '../overlay.ts';
import { drawableOf, type ReportContext } from './context.ts';

/** Maximum length of the vector drawing in characters; a hundred ragged masks can take megabytes. */
const mostCharacters = 1_000_000;

/** Longer side of the overlay in pixels when it is rasterised. */
const longestSide = 1400;

/** All instances as SVG in pixels of the resized picture: vectors, or an image if those would be too large. */
export async function resultOverlay(context: ReportContext, picture: Picture): Promise<string> {
  const { input, detections } = context.explanation;
  const instances = detections.instances.map((instance) => drawableOf(context, instance));
  const { width, height } = picture;
  const layout = { width, height, scale: input.scale[0], labels: 'auto', maskOpacity: 0.35 } as const;
  const vectors = overlayElements(instances, layout);
  if (vectors.length <= mostCharacters) return vectors;
  const drawn = sharp(await drawInstances(picture, instances, { scale: 'auto' }));
  const fitted = drawn.resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true });
  const jpeg = await fitted.jpeg({ quality: 88 }).toBuffer();
  const size = `width="${input.width}" height="${input.height}" preserveAspectRatio="none"`;
  return `<image href="data:image/jpeg;base64,${jpeg.toString('base64')}" ${size}/>`;
}
