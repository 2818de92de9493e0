/**
 * Mask R-CNN for the browser: load a model file, predict instances, work with masks. No Node module is reachable.
 * @module Browser
 */

export type { Category, ModelConfig } from './config/schema.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export type { DataOf, DType, Float32Tensor, Tensor } from './core/tensor.ts';
export type * from './data/coco/types.ts';
export type * from './explanation/explanation.ts';
export type * from './explanation/focus.ts';
export type * from './explanation/mask-focus.ts';
export type * from './explanation/model.ts';
export type * from './explanation/plain.ts';
export type * from './explanation/pooling.ts';
export type * from './explanation/stages.ts';
export type * from './explanation/training.ts';
export { type PredictedAnnotation, type PredictedDataset, toCocoDataset } from './export/coco-dataset.ts';
export { type CsvOptions, toCsv } from './export/csv.ts';
export * from './export/geojson.ts';
export { toRois } from './export/imagej-roi.ts';
export { type LabelOptions, toLabels } from './export/label-picture.ts';
export type * from './export/prediction-of-picture.ts';
export { decodeInBrowser as decodePicture } from './image/decode-web.ts';
export type { GeoReference } from './image/geo-reference.ts';
export type { Picture, RawPicture } from './image/picture.ts';
export type { CanvasPicture, GlobalClass, PictureFile, PictureSource } from './image/picture-source.ts';
export type { PlaneChoice } from './image/plane-choice.ts';
export type { PreparedPicture } from './image/transform.ts';
export type { BoxOutput } from './model/detections.ts';
export type { Instances } from './model/instances.ts';
export type { RpnLevelOutput } from './model/proposals.ts';
export type { ModelCard } from './model-file/card.ts';
export type { GroundTruth } from './ops/ground-truth.ts';
export type { DecodedKeypoints } from './ops/keypoint-decoding.ts';
export type { Poses } from './ops/poses.ts';
export type { Rle } from './ops/rle/rle.ts';
export type { OutlineOptions } from './ops/rle/tolerance.ts';
export type { ScoredBoxes, SelectedBoxes } from './ops/scored-boxes.ts';
export type { PredictionChoices } from './predict/choices.ts';
export type { PoolerChoice } from './predict/explain/exchanged-pooler.ts';
export { Explainer, type ExplainOptions, type RecordOptions } from './predict/explain/explainer.ts';
export type { FocusWish } from './predict/explain/focus-choice.ts';
export type { ExplainedStages, RecordedPrediction } from './predict/explain/recorded-prediction.ts';
export type { Pyramid } from './predict/graph-stages.ts';
export {
  Instance,
  type InstanceData,
  type InstanceJson,
  InstanceMask,
  type Keypoint,
  type MaskJson,
  type Pose,
  Prediction,
  type PredictionJson,
} from './predict/instance.ts';
export {
  type BrowserExplainerOptions,
  type BrowserLoadOptions,
  load,
  loadExplainer,
  type ModelSource,
} from './predict/load/browser.ts';
export type { FetchOptions, FetchProgress } from './predict/load/fetch-model.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
export { type CocoResultRecord, toCocoResults } from './predict/result-entry.ts';
export type { TileChoice, TileOptions } from './predict/tiles/tile-choice.ts';
export type { TilePlan } from './predict/tiles/tile-plan.ts';
export type { WebRuntimeOptions } from './runtime/web.ts';
