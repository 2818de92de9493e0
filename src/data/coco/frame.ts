interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an upright picture. */
export interface Frame extends Size {
  /** Size of the pixels in its file, which its EXIF orientation may turn; undefined where it is not known. */
  readonly stored?: Size;
}

/**
 * What is wrong if a picture does not have the size for which its annotations were made; undefined if nothing is.
 * @param annotated Of the data set.
 */
export function frameProblem(annotated: Size, picture: Frame): string | undefined {
  const { width, height } = annotated;
  if (isSame(picture, annotated)) return undefined;
  const found = `expected ${width}×${height} pixels, got a picture of ${picture.width}×${picture.height}`;
  const question = 'were the annotations drawn on the unrotated picture?';
  if (isTurned(annotated, picture)) return `${found}, with its EXIF orientation applied; ${question}`;
  const isSwapped = picture.width === height && picture.height === width;
  return picture.stored === undefined && isSwapped
    ? `${found}, perhaps turned by its EXIF orientation; ${question}`
    : found;
}

/** Whether the annotations have the size of a picture before its EXIF orientation turns it. */
export function isTurned(annotated: Size, { stored, ...upright }: Frame): boolean {
  return stored !== undefined && isSame(stored, annotated) && !isSame(stored, upright);
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
