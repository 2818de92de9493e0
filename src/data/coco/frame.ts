interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * What is wrong if a picture does not have the size for which its annotations were made; undefined if nothing is.
 * @param annotated Of the data set.
 * @param picture Of the upright picture.
 */
export function frameProblem(annotated: Size, picture: Size): string | undefined {
  const { width, height } = annotated;
  if (picture.width === width && picture.height === height) return undefined;
  const found = `expected ${width}×${height} pixels, got a picture of ${picture.width}×${picture.height}`;
  const isRotated = picture.width === height && picture.height === width;
  return isRotated
    ? `${found}, with its EXIF orientation applied; were the annotations drawn on the unrotated picture?`
    : found;
}
