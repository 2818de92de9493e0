/**
 * Mask R-CNN for Node: load a model, predict instances, import weights, read data sets, evaluate.
 * @module Node
 */

export type { Category, ModelConfig } from './config/schema.ts';
export type { SemanticConfig } from './config/semantic.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export { checkDataset, summarise } from './data/check/check-dataset.ts';
export { CocoData, readCocoDataset } from './data/coco/coco.ts';
export { formatProblem, type Problem } from './data/coco/problems.ts';
export { readCocoResults } from './data/coco/results.ts';
export { maskOf } from './data/coco/truth.ts';
export type * from './data/coco/types.ts';
export { writeCocoDataset } from './data/coco/write-coco.ts';
export { converterOf } from './data/convert/formats.ts';
export { CocoEvaluator } from './eval/coco-evaluator.ts';
export { InstanceAccuracyEvaluator } from './eval/instance-accuracy.ts';
export { SemanticEvaluator, type SemanticScores } from './eval/mean-iou.ts';
export { type EvalParams, type EvalType, evalParams } from './eval/params.ts';
export { cocoFigures } from './eval/summary.ts';
export type { Explanation } from './explanation/explanation.ts';
export { decodePicture } from './image/decode.ts';
export type { Picture, RawPicture } from './image/picture.ts';
export { type ImportedWeights, type ImportOptions, importWeights } from './import/import-weights.ts';
export { openModelFile, writeModelFile } from './model-file/model-file.ts';
export type { ModelFile } from './model-file/read-model.ts';
export type { Rle } from './ops/rle/rle.ts';
export { Explainer, type ExplainOptions, type RecordOptions } from './predict/explain/explainer.ts';
export type { RecordedPrediction } from './predict/explain/recorded-prediction.ts';
export { type Instance, InstanceMask, type Joint, type Pose, type Prediction } from './predict/instance.ts';
export { type LoadOptions, load, loadExplainer } from './predict/load/node.ts';
export type { PictureSource } from './predict/load/picture-source.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
export { loadSemantic, SemanticModel, type SemanticPrediction } from './predict/semantic.ts';
export { type TrainOptions, train } from './run/train.ts';
export { drawClasses, encodeClasses } from './vis/draw-classes.ts';
export { type DrawOptions, drawInstances, drawInstancesSvg } from './vis/draw-instances.ts';
export type { Drawable } from './vis/drawable.ts';
export { type ReportOptions, renderReport } from './vis/report/report.ts';
