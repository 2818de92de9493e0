/** Media type of a response to `predict` → what it contains. The first is the default. */
export const predictionForms = {
  'application/json': 'results',
  'image/png': 'overlay',
  'text/csv': 'csv',
  'image/tiff': 'labels',
  'application/zip': 'rois',
  'application/geo+json': 'geojson',
  'application/vnd.mask-rcnn.coco+json': 'coco',
} as const;

export type PredictionForm = (typeof predictionForms)[keyof typeof predictionForms];
