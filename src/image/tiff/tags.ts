/** The tags that are read (TIFF 6.0; SubfileType and SampleFormat in its supplements; ImageDepth of SGI; GeoTIFF, OGC 19-008r4). */
export const tag = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  planarConfiguration: 284,
  predictor: 317,
  tileWidth: 322,
  tileLength: 323,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  minSample: 340,
  maxSample: 341,
  ycbcrCoefficients: 529,
  ycbcrSubsampling: 530,
  referenceBlackWhite: 532,
  imageDepth: 32_997,
  modelPixelScale: 33_550,
  modelTiepoint: 33_922,
  modelTransformation: 34_264,
  geoKeyDirectory: 34_735,
} as const;

/** One page of a TIFF: its tags, and where some things are in the file. */
export interface TiffDirectory {
  /** Without tags whose values are not in the file, or are too long. */
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  /** Of the first page; empty for the others. */
  readonly description: string;
  /** Where the directory is. */
  readonly at: number;
  /** Where the data of the first strip is; 0 for tiles. */
  readonly dataAt: number;
  /** Bytes from there to the end of the file. */
  readonly dataBytes: number;
}

/** The first value of a tag, or what the specification says it is if absent. */
export function firstOf({ numbers }: TiffDirectory, name: keyof typeof defaults): number {
  return numbers.get(tag[name])?.[0] ?? defaults[name];
}

const defaults = {
  ...{
    width: 0,
    height: 0,
    bitsPerSample: 1,
    compression: 1,
    photometric: 2,
    samplesPerPixel: 1,
    planarConfiguration: 1,
    sampleFormat: 1,
  },
  ...{ imageDepth: 1, predictor: 1, tileWidth: 0, tileLength: 0 },
} as const;
