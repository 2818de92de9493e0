import type { Source } from '../shell/view-props.ts';
import { PageError, ServerProblem } from '../words/page-error.ts';

interface PredictedPicture {
  picture: Blob;
  /** Of the picture's file. */
  name: string;
  /** Where the prediction ran. */
  source: Source;
}

/**
 * The error to show for a prediction that failed: if the picture itself cannot be read, that, with what to do about it, else
 * the error as it was thrown.
 */
export async function predictionError(
  { picture, name, source }: PredictedPicture,
  thrown: Error,
): Promise<Error> {
  if (source === 'server') {
    const isAboutPicture =
      thrown instanceof ServerProblem && /^(unsupported-type|damaged-picture)$/.test(thrown.kind);
    return isAboutPicture && (await isHeic(picture)) ? new PageError('heic', { name }) : thrown;
  }
  const isReadable = await createImageBitmap(picture).then(
    (bitmap) => {
      bitmap.close();
      return true;
    },
    () => false,
  );
  if (isReadable) return thrown;
  return new PageError((await isHeic(picture)) ? 'heic' : 'notReadableHere', { name });
}

/** Whether a file is HEIC, by the brands in its first bytes (ISO/IEC 23008-12): what iPhones write by default. */
export async function isHeic(file: Blob): Promise<boolean> {
  const text = new TextDecoder('latin1').decode(await file.slice(0, 64).arrayBuffer());
  if (text.slice(4, 8) !== 'ftyp') return false;
  // `mif1` and `msf1` leave open what is inside, which the compatible brands say.
  return /^(he[iv][cxms]|m[is]f1)/.test(text.slice(8)) && !text.includes('avif');
}
