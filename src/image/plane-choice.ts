/** Which part of a file is the picture. */
export interface PlaneChoice {
  /** Of a stack: slices, times or pages, from 1. Required for a TIFF of several; default: the first of an animation. */
  readonly page?: number | undefined;
  /**
   * Number, from 1, or name of the channel, which becomes a grey picture. Required for a TIFF of several channels that are not
   * colours; default: all.
   */
  readonly channel?: number | string | undefined;
}

/** A channel as users type it: digits are its number, everything else its name. */
export function parseChannel(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** What messages call a part of a file: `stack.tif page 3 channel DAPI`; without a choice, the file's own name. */
export function titleOfPlane(file: string, { page, channel }: PlaneChoice): string {
  return [
    file,
    ...(page === undefined ? [] : [`page ${page}`]),
    ...(channel === undefined ? [] : [`channel ${channel}`]),
  ].join(' ');
}
