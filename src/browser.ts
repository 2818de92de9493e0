/** Mask R-CNN for the browser: load a model file, predict instances, work with masks. No Node module is reachable. */

export type { Category, ModelConfig } from './config/schema.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export type { Explanation } from './explanation/explanation.ts';
export type { Focus } from './explanation/focus.ts';
export { decodeInBrowser as decodePicture } from './image/decode-web.ts';
export type { Picture, RawPicture } from './image/picture.ts';
export type { PictureSource } from './image/picture-source.ts';
export type { Rle } from './ops/rle/rle.ts';
export { Explainer, type ExplainOptions, type RecordOptions } from './predict/explain/explainer.ts';
export type { FocusWish } from './predict/explain/focus-choice.ts';
export type { ExplainedStages, RecordedPrediction } from './predict/explain/recorded-prediction.ts';
export {
  Instance,
  type InstanceData,
  type InstanceJson,
  InstanceMask,
  type Joint,
  type MaskJson,
  type Pose,
  Prediction,
  type PredictionJson,
} from './predict/instance.ts';
export { type BrowserLoadOptions, load, loadExplainer } from './predict/load/browser.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
export { type CocoResultRecord, toCocoResults } from './predict/result-entry.ts';
