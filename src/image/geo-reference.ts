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

/** Reads a part of a file, less at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

const modelPixelScale = 33_550;
const modelTiepoint = 33_922;
const modelTransformation = 34_264;
const geoKeyDirectory = 34_735;
const orientation = 274;

const rasterTypeKey = 1025;
const pixelIsPoint = 2;
/** Keys of a projected and a geographic reference system. */
const systemKeys = [3072, 2048];
const userDefined = 32_767;

/** Bytes per value of the types that the tags have: SHORT, DOUBLE. */
const sizes = new Map([
  [3, 2],
  [12, 8],
]);

/** No tag that is read has more values. */
const mostValues = 10_000;

/**
 * The georeference of a TIFF or BigTIFF file, as GDAL derives it from the tags of GeoTIFF (OGC 19-008r4).
 * @returns Null where the file is not a TIFF, has no transform, or is stored rotated.
 */
export async function parseGeoReference(readAt: ReadAt): Promise<GeoReference | null> {
  const tags = await readTags(readAt);
  if (tags === null || (tags.get(orientation)?.[0] ?? 1) !== 1) return null;
  const keys = geoKeysOf(tags.get(geoKeyDirectory) ?? []);
  const transform = transformOf(tags);
  if (transform === null) return null;
  const epsg = systemKeys
    .map((key) => keys.get(key))
    .find((code) => code !== undefined && code !== userDefined);
  return {
    transform: keys.get(rasterTypeKey) === pixelIsPoint ? halfPixelBack(transform) : transform,
    epsg: epsg || null,
  };
}

type Transform = GeoReference['transform'];
type Tags = ReadonlyMap<number, readonly number[]>;

function transformOf(tags: Tags): Transform | null {
  const matrix = tags.get(modelTransformation);
  if (matrix?.length === 16) return [matrix[0], matrix[1], matrix[3], matrix[4], matrix[5], matrix[7]];
  const scale = tags.get(modelPixelScale);
  const tiepoint = tags.get(modelTiepoint);
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

/** The tags of the first directory that matter here; null where the file is not a TIFF. */
async function readTags(readAt: ReadAt): Promise<Tags | null> {
  const header = viewOf(await readAt(0, 16));
  if (header.byteLength < 16) return null;
  const order = header.getUint16(0);
  const isLittle = order === 0x4949;
  if (!isLittle && order !== 0x4d4d) return null;
  const magic = header.getUint16(2, isLittle);
  if (magic !== 42 && magic !== 43) return null;
  const isBig = magic === 43;
  const pointer = (view: DataView, at: number) =>
    isBig ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
  const start = pointer(header, isBig ? 8 : 4);
  const [countLength, entryLength, valueAt] = isBig ? [8, 20, 12] : [2, 12, 8];
  const countView = viewOf(await readAt(start, countLength));
  if (countView.byteLength < countLength) return null;
  const count = isBig ? Number(countView.getBigUint64(0, isLittle)) : countView.getUint16(0, isLittle);
  const directory = viewOf(await readAt(start + countLength, Math.min(count, 65_535) * entryLength));
  const tags = new Map<number, number[]>();
  for (let at = 0; at + entryLength <= directory.byteLength; at += entryLength) {
    const tag = directory.getUint16(at, isLittle);
    if (![modelPixelScale, modelTiepoint, modelTransformation, geoKeyDirectory, orientation].includes(tag))
      continue;
    const type = directory.getUint16(at + 2, isLittle);
    const size = sizes.get(type);
    const length = pointer(directory, at + 4);
    if (size === undefined || length > mostValues) continue;
    const inPlace = size * length <= (isBig ? 8 : 4);
    const values = inPlace
      ? new DataView(directory.buffer, directory.byteOffset + at + valueAt, size * length)
      : viewOf(await readAt(pointer(directory, at + valueAt), size * length));
    if (values.byteLength < size * length) continue;
    tags.set(
      tag,
      Array.from({ length }, (_, i) =>
        size === 2 ? values.getUint16(2 * i, isLittle) : values.getFloat64(8 * i, isLittle),
      ),
    );
  }
  return tags;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
