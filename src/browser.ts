/**
 * Mask R-CNN for the browser: load a model file, predict instances, work with masks. No Node module is reachable.
 * @module Browser
 */

export type { Category, ModelConfig } from './config/schema.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export type { Explanation } from './explanation/explanation.ts';
export type { Focus } from './explanation/focus.ts';
export { decodeInBrowser as decodePicture, type WebPictureSource } from './image/decode-web.ts';
export type { Picture } from './image/picture.ts';
export type { Rle } from './ops/rle/rle.ts';
export { Explainer, type ExplainOptions, type RecordOptions } from './predict/explain/explainer.ts';
export type { FocusWish } from './predict/explain/focus-choice.ts';
export type { ExplainedStages, RecordedPrediction } from './predict/explain/recorded-prediction.ts';
export { type Instance, InstanceMask, type Prediction } from './predict/instance.ts';
export { type BrowserLoadOptions, load, loadExplainer } from './predict/load/browser.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
