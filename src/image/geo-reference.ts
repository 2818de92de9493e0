import { type TiffDirectory, tag } from './tiff/tags.ts';

/** The place of a picture on the earth. */
export interface GeoReference {
  /**
   * a, b, c, d, e, f as in `rasterio`: the pixel position x, y (from the left upper corner of the picture) lies at
   * a·x + b·y + c, d·x + e·y + f.
   */
  readonly transform: readonly [number, number, number, number, number, number];
  /** EPSG code of the coordinates' reference system; null where the file does not name one. */
  readonly epsg: number | null;
}

const rasterTypeKey = 1025;
const pixelIsPoint = 2;
/** Keys of a projected and a geographic reference system. */
const systemKeys = [3072, 2048];
const userDefined = 32_767;

/**
 * The georeference of a page of a TIFF, as GDAL derives it from the tags of GeoTIFF (OGC 19-008r4).
 * @returns Null where it has no transform of finite numbers, or is stored rotated.
 */
export function geoReferenceOf({ numbers: tags }: TiffDirectory): GeoReference | null {
  if ((tags.get(tag.orientation)?.[0] ?? 1) !== 1) return null;
  const keys = geoKeysOf(tags.get(tag.geoKeyDirectory) ?? []);
  const transform = transformOf(tags);
  if (!transform?.every(Number.isFinite)) return null;
  const epsg = systemKeys
    .map((key) => keys.get(key))
    .find((code) => code !== undefined && code !== userDefined);
  return {
    transform: keys.get(rasterTypeKey) === pixelIsPoint ? halfPixelBack(transform) : transform,
    epsg: epsg || null,
  };
}

type Transform = GeoReference['transform'];
type Tags = TiffDirectory['numbers'];

function transformOf(tags: Tags): Transform | null {
  const matrix = tags.get(tag.modelTransformation);
  if (matrix?.length === 16) return [matrix[0], matrix[1], matrix[3], matrix[4], matrix[5], matrix[7]];
  const scale = tags.get(tag.modelPixelScale);
  const tiepoint = tags.get(tag.modelTiepoint);
  if (!scale || !tiepoint || tiepoint.length < 6 || scale.length < 2 || !scale[0] || !scale[1]) return null;
  const [column, row, , x, y] = tiepoint;
  // Heights grow upwards, whatever the sign.
  const down = -Math.abs(scale[1]);
  return [scale[0], 0, x - column * scale[0], 0, down, y - row * down];
}

/** The transform of pixel centres as one of pixel corners. */
function halfPixelBack([a, b, c, d, e, f]: Transform): Transform {
  return [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2];
}

/** GeoTIFF's keys whose values are in the directory itself. */
function geoKeysOf(directory: readonly number[]): Map<number, number> {
  const keys = new Map<number, number>();
  for (let at = 4; at + 3 < directory.length; at += 4) {
    const [key, location, , value] = directory.slice(at, at + 4);
    if (location === 0) keys.set(key, value);
  }
  return keys;
}
