/** Mask R-CNN for Node: load a model, predict instances, import weights, read data sets, evaluate. */

export type { Category, ModelConfig } from './config/schema.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export { CocoData, readCocoDataset } from './data/coco.ts';
export { readCocoResults } from './data/coco-results.ts';
export type * from './data/coco-types.ts';
export { converterOf } from './data/convert/formats.ts';
export { maskOf } from './data/mask-of.ts';
export { formatProblem, type Problem } from './data/problems.ts';
export { summarise, validateDataset } from './data/validate.ts';
export { writeCocoDataset } from './data/write-coco.ts';
export { CocoEvaluator } from './eval/coco-evaluator.ts';
export { InstanceAccuracyEvaluator } from './eval/instance-accuracy.ts';
export { type EvalParams, type EvalType, evalParams } from './eval/params.ts';
export { cocoFigures } from './eval/summary.ts';
export type { RawPicture } from './image/picture.ts';
export type { Rle } from './ops/rle/rle.ts';
export { type ImportedWeights, type ImportOptions, importWeights } from './predict/import-weights.ts';
export { type Instance, InstanceMask, type Prediction } from './predict/instance.ts';
export { type LoadOptions, load, type PictureSource } from './predict/load.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export { openModelFile, writeModelFile } from './predict/model-file.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
export type { ModelFile } from './predict/read-model.ts';
export { type TrainOptions, train } from './train-model.ts';
export { type DrawOptions, drawInstances, drawInstancesSvg } from './vis/draw-instances.ts';
export type { Drawable } from './vis/drawable.ts';
