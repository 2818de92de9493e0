/** The tags that are read (TIFF 6.0; SubfileType and SampleFormat in its supplements; GeoTIFF, OGC 19-008r4). */
export const tag = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  orientation: 274,
  samplesPerPixel: 277,
  planarConfiguration: 284,
  extraSamples: 338,
  sampleFormat: 339,
  minSample: 340,
  maxSample: 341,
  ycbcrCoefficients: 529,
  ycbcrSubsampling: 530,
  referenceBlackWhite: 532,
  modelPixelScale: 33_550,
  modelTiepoint: 33_922,
  modelTransformation: 34_264,
  geoKeyDirectory: 34_735,
} as const;

/** One page of a TIFF: its tags, and where the value of PhotometricInterpretation is in the file. */
export interface TiffDirectory {
  /** Without tags whose values are not in the file, or are too long. */
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  readonly description: string;
  readonly photometricAt: number;
}
