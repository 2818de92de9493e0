import { nineDigits } from '../core/nine-digits.ts';
import { checkOptions } from '../core/options.ts';
import type { GeoReference } from '../image/geo-reference.ts';
import type { Contour } from '../ops/rle/contour.ts';
import { rleToRegions, signedArea } from '../ops/rle/regions.ts';
import { toleranceOf } from '../ops/rle/tolerance.ts';
import type { ExportedInstance, ExportedPrediction } from './prediction-of-picture.ts';

export interface GeoJsonOptions {
  /** As of `toPolygons`. */
  readonly tolerance?: number | undefined;
  /** The place of the picture, from `readGeoReference`: coordinates are then those of its reference system. Default: pixels. */
  readonly georeference?: GeoReference | null | undefined;
}

/** x, y */
export type GeoJsonPosition = [x: number, y: number];

/** The outline of an instance, in the members of GeoJSON. */
export type GeoJsonGeometry =
  | { readonly type: 'Polygon'; readonly coordinates: GeoJsonPosition[][] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: GeoJsonPosition[][][] };

/** An instance; `objectType`, `classification` and `measurements` are what QuPath reads. */
export interface GeoJsonFeature {
  readonly type: 'Feature';
  readonly geometry: GeoJsonGeometry;
  readonly properties: {
    readonly objectType: 'detection';
    readonly classification: { readonly name: string };
    readonly measurements: { readonly score: number };
  };
}

export interface GeoJsonCollection {
  readonly type: 'FeatureCollection';
  /** As GDAL writes it; absent for pixels, and where the picture does not name its reference system. */
  readonly crs?: { readonly type: 'name'; readonly properties: { readonly name: string } };
  readonly features: GeoJsonFeature[];
}

/**
 * The instances as GeoJSON (RFC 7946): a polygon for each, or several where its mask has several parts; its box where
 * it has no mask. Coordinates are pixels of the upright picture from its left upper corner, which QuPath reads, or
 * those of the reference system of a georeferenced picture.
 * @throws UsageError where an option is unknown or invalid.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { load, toGeoJson } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * const geoJson = toGeoJson(await model.predict('photo.jpg'), { tolerance: 0.5 });
 * await writeFile('cells.geojson', JSON.stringify(geoJson));
 * await model.dispose();
 * ```
 */
export function toGeoJson(
  { instances }: ExportedPrediction,
  options: GeoJsonOptions = {},
): GeoJsonCollection {
  checkOptions('toGeoJson', options, { tolerance: true, georeference: true });
  const { tolerance, georeference } = options;
  const distance = toleranceOf('toGeoJson', { tolerance });
  const epsg = georeference?.epsg;
  return {
    type: 'FeatureCollection',
    ...(epsg && { crs: { type: 'name', properties: { name: `urn:ogc:def:crs:EPSG::${epsg}` } } }),
    features: instances.map((instance) => featureOf(instance, distance, georeference ?? null)),
  };
}

function featureOf(
  { mask, box: [x1, y1, x2, y2], category, score }: ExportedInstance,
  tolerance: number,
  georeference: GeoReference | null,
): GeoJsonFeature {
  const found = mask ? rleToRegions(mask.rle, tolerance) : [];
  const regions = found.length > 0 ? found : [{ outer: [x1, y1, x2, y1, x2, y2, x1, y2], holes: [] }];
  const polygons = regions.map((region) => polygonOf(region, georeference));
  return {
    type: 'Feature',
    geometry:
      polygons.length === 1
        ? { type: 'Polygon', coordinates: polygons[0] }
        : { type: 'MultiPolygon', coordinates: polygons },
    properties: {
      objectType: 'detection',
      classification: { name: category.name },
      measurements: { score: nineDigits(score) },
    },
  };
}

function polygonOf({ outer, holes }: Contour, georeference: GeoReference | null): GeoJsonPosition[][] {
  return [outer, ...holes].map((ring, i) => closedRing(ring, georeference, i === 0));
}

/** Outer rings counter-clockwise, holes clockwise, the first position repeated at the end. */
function closedRing(
  ring: readonly number[],
  georeference: GeoReference | null,
  isOuter: boolean,
): GeoJsonPosition[] {
  const placed = georeference ? placedRing(ring, georeference) : ring;
  const positions: GeoJsonPosition[] = [];
  for (let i = 0; i < placed.length; i += 2) positions.push([placed[i], placed[i + 1]]);
  if (signedArea(placed) > 0 !== isOuter) positions.reverse();
  positions.push([...positions[0]]);
  return positions;
}

function placedRing(ring: readonly number[], { transform: [a, b, c, d, e, f] }: GeoReference): number[] {
  return ring.map((_, i) => {
    const [x, y] = [ring[i - (i % 2)], ring[i - (i % 2) + 1]];
    return i % 2 === 0 ? a * x + b * y + c : d * x + e * y + f;
  });
}
