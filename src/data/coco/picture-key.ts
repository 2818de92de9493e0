import { titleOfPlane } from '../../image/plane-choice.ts';
import { ownPlane } from './own-plane.ts';
import type { CocoImage } from './types.ts';

type NamedImage = CocoImage & { readonly file_name: string };

/** What messages call the picture of an image: its file, and the page and channel that it names. */
export function pictureTitle(image: NamedImage): string {
  return titleOfPlane(image.file_name, ownPlane(image));
}

/** Equal for images of one picture: the title, with `/` in the path and accented letters composed. */
export function pictureKey(image: NamedImage): string {
  const file_name = image.file_name
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .normalize('NFC');
  return pictureTitle({ ...image, file_name });
}
