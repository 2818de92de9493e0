import {
  decodePicture,
  type PicturePrediction,
  toCocoDataset,
  toCsv,
  toGeoJson,
  toLabels,
  toRois,
} from '../product.ts';
import type { Drawing } from './downloads.ts';

/** Measures of the visible instances. */
export async function csvFile(drawing: Drawing): Promise<Blob> {
  const picture = await decodePicture(drawing.picture);
  return new Blob([toCsv([{ ...namedPrediction(drawing), picture }])], { type: 'text/csv' });
}

/** A 16-bit PNG. */
export function labelFile(drawing: Drawing): Blob {
  const file = new Uint8Array(toLabels(namedPrediction(drawing).prediction));
  return new Blob([file], { type: 'image/png' });
}

export async function roiFile(drawing: Drawing): Promise<Blob> {
  return new Blob([await toRois(namedPrediction(drawing).prediction)], { type: 'application/zip' });
}

export function geoJsonFile(drawing: Drawing): Blob {
  return jsonBlob(toGeoJson(namedPrediction(drawing).prediction), 'application/geo+json');
}

export function cocoFile(drawing: Drawing): Blob {
  const categories = new Map(drawing.shapes.map(({ instance }) => [instance.category.id, instance.category]));
  const dataset = toCocoDataset([namedPrediction(drawing)], [...categories.values()]);
  return jsonBlob(dataset, 'application/json');
}

/** The visible instances as a prediction. */
function namedPrediction({ name, width, height, shapes }: Drawing): PicturePrediction {
  const instances = shapes.map(({ instance }) => ({
    ...instance,
    mask: instance.mask && { rle: instance.mask },
  }));
  return { name, prediction: { width, height, instances } };
}

function jsonBlob(value: object, type: string): Blob {
  return new Blob([`${JSON.stringify(value)}\n`], { type });
}
