import { toCocoDataset } from '../../../export/coco-dataset.ts';
import { toCsv } from '../../../export/csv.ts';
import { toGeoJson } from '../../../export/geojson.ts';
import { toRois } from '../../../export/imagej-roi.ts';
import { toLabels } from '../../../export/label-picture.ts';
import { readGeoReference } from '../../../image/geo-reference-file.ts';
import type { Picture } from '../../../image/picture.ts';
import type { Prediction } from '../../../predict/instance.ts';
import type { Model } from '../../../predict/model.ts';
import { drawInstances } from '../../../vis/draw-instances.ts';
import type { PredictJob } from '../job.ts';
import { namelessPicture } from './decode-job.ts';

interface Predicted {
  readonly prediction: Prediction;
  readonly picture: Picture;
  readonly config: Pick<Model<never>['config'], 'categories'>;
}

/** A prediction in the form that a job asks for. @returns A file; null for `results`, which are not a file. */
export async function predictionFile(
  { output, picture: source, fileName, pixelSize, tolerance }: PredictJob,
  { prediction, picture, config }: Predicted,
): Promise<Uint8Array | null> {
  const named = { name: fileName ?? namelessPicture, prediction, picture };
  switch (output) {
    case 'results':
      return null;
    case 'overlay':
      return drawInstances(picture, prediction.instances);
    case 'csv':
      return encoded(toCsv([named], { pixelSize }));
    case 'labels':
      return toLabels(prediction, { format: 'tiff' });
    case 'rois':
      return toRois(prediction, { tolerance });
    case 'geojson':
      return encodedJson(toGeoJson(prediction, { tolerance, georeference: await readGeoReference(source) }));
    case 'coco':
      return encodedJson(toCocoDataset([named], config.categories));
  }
}

function encodedJson(value: object): Uint8Array {
  return encoded(JSON.stringify(value));
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
