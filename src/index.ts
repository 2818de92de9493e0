/** Mask R-CNN for Node: load a model, predict instances, import weights, read data sets, evaluate. */

export type { Category, ModelConfig } from './config/schema.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export type { RawPicture } from './image/picture.ts';
export type { Rle } from './ops/rle/rle.ts';
export { type ImportedWeights, type ImportOptions, importWeights } from './predict/import-weights.ts';
export { type Instance, InstanceMask, type Prediction } from './predict/instance.ts';
export { type LoadOptions, load, type PictureSource } from './predict/load.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export { type ModelFile, openModelFile, writeModelFile } from './predict/model-file.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
