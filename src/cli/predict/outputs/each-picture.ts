import { join } from 'node:path';
import { writeAtomically } from '../../../core/node/atomic-write.ts';
import { makeFolder } from '../../../core/node/make-folder.ts';
import { toCutOut } from '../../../export/cut-out.ts';
import { toGeoJson } from '../../../export/geojson.ts';
import { toRois } from '../../../export/imagej-roi.ts';
import type { labelFormats } from '../../../export/label-formats.ts';
import { needsTiff, toLabels } from '../../../export/label-picture.ts';
import { readGeoReference } from '../../../image/geo-reference-file.ts';
import { type DrawOptions, drawInstances } from '../../../vis/draw-instances.ts';
import { note } from '../../terminal/output.ts';
import { type PictureResult, type ResultOutput, titleOf } from './picture-result.ts';

/*
 * Outputs with a file, or a folder, for each picture. Each appears as soon as its picture is done.
 */

/** The path of each picture's output, by the picture's position. */
type Paths = readonly string[];

/** The picture with its instances drawn over it. */
export function overlayOutput(paths: Paths, options: DrawOptions): ResultOutput {
  return (produce) =>
    produce(async (result) => {
      const { position, picture, prediction } = result;
      if (!picture) note(`${titleOf(result)}: too large for an overlay`);
      else
        await writeAtomically(paths[position], await drawInstances(picture, prediction.instances, options));
    });
}

/** A label picture. Where only a TIFF has room for all labels, `.png` becomes `.tif`. */
export function labelOutput(paths: Paths, format: (typeof labelFormats)[number]): ResultOutput {
  return (produce) =>
    produce(async ({ position, prediction }) => {
      const named = paths[position];
      const target = needsTiff(prediction) ? named.replace(/\.png$/, '.tif') : named;
      await writeAtomically(target, toLabels(prediction, { format }));
    });
}

/** An ImageJ ROI set. */
export function roiOutput(paths: Paths, tolerance: number): ResultOutput {
  return fileOutput(paths, ({ prediction }) => toRois(prediction, { tolerance }));
}

/** GeoJSON, in the coordinates of the picture's reference system if it has one. */
export function geoJsonOutput(paths: Paths, tolerance: number): ResultOutput {
  return fileOutput(paths, async ({ path, prediction }) => {
    const georeference = await readGeoReference(path);
    return `${JSON.stringify(toGeoJson(prediction, { tolerance, georeference }))}\n`;
  });
}

/** A folder with a cut-out of each instance, named by its number and class. */
export function cropOutput(paths: Paths): ResultOutput {
  return (produce) =>
    produce(async (result) => {
      const { position, prediction, picture } = result;
      if (!picture) return note(`${titleOf(result)}: too large for cut-outs`);
      const folder = paths[position];
      const digits = String(prediction.instances.length).length;
      await makeFolder(folder);
      for (const [index, instance] of prediction.instances.entries()) {
        const png = toCutOut(picture, instance);
        const number = String(index + 1).padStart(digits, '0');
        const category = instance.category.name.replace(/[^\p{L}\p{N}_. -]+/gu, '_');
        if (png) await writeAtomically(join(folder, `${number}-${category}.png`), png);
      }
    });
}

function fileOutput(
  paths: Paths,
  content: (result: PictureResult) => Promise<string | Uint8Array>,
): ResultOutput {
  return (produce) =>
    produce(async (result) => {
      await writeAtomically(paths[result.position], await content(result));
    });
}
