import type { ProblemKind } from '../product.ts';
import type { Source } from '../shell/view-props.ts';
import type { WordKey } from '../words/english.ts';
import { PageError, ServerProblem } from '../words/page-error.ts';

interface PredictedPicture {
  picture: Blob;
  /** Of the picture's file. */
  name: string;
  /** Where the prediction ran. */
  source: Source;
}

/** Problems of the server with the picture itself → what the page says of it. */
const unreadable: Partial<Record<ProblemKind, WordKey>> = {
  'damaged-picture': 'damagedPicture',
  'unsupported-type': 'unsupportedPicture',
};

/**
 * The error to show for a prediction that failed: if the picture itself cannot be read, that, with what to do about it, else
 * the error as it was thrown.
 */
export async function predictionError(
  { picture, name, source }: PredictedPicture,
  thrown: Error,
): Promise<Error> {
  if (source === 'server') {
    const key = thrown instanceof ServerProblem ? unreadable[thrown.kind] : undefined;
    if (key === undefined) return thrown;
    return new PageError((await isHeic(picture)) ? 'heic' : key, { name });
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
