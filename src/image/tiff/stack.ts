/** How the pages of a TIFF are arranged. */
export interface TiffStack {
  /** Number of pages that show different things: slices, times, images or pages of a document. */
  readonly pages: number;
  /** Whether the others only accompany the first, such as the label of a slide, which is then read by default. */
  readonly isFirstMain?: boolean | undefined;
  /** Names of other files that have more of them, for messages. */
  readonly elsewhere?: string | undefined;
  /** Names of the channels of a page that are separate pages of the file, or their numbers; one if they are not separate. */
  channels(page: number): readonly string[];
  /**
   * Where a page and channel is, both from 0.
   * @returns The reason where the file does not contain it, in words that follow its name.
   */
  plane(page: number, channel: number): TiffPlane | string;
}

/** Where a plane is in the file. */
export interface TiffPlane {
  readonly directory: number;
  /** Of the images that follow each other in the data of the directory. */
  readonly image: number;
}
