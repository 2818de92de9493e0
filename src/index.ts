/**
 * Mask R-CNN for Node: load a model, predict instances, import weights, read data sets, evaluate.
 * @module Node
 */

export type { AnyModelConfig } from './config/any-config.ts';
export type { ComputeOptions, Device } from './config/device.ts';
export type { Category, ModelConfig } from './config/schema.ts';
export type { SemanticConfig } from './config/semantic.ts';
export type { RunInput } from './config/training.ts';
export { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
export type { DataOf, DType, Float32Tensor, Tensor } from './core/tensor.ts';
export {
  type CheckOptions,
  checkDataset,
  type DatasetSummary,
  summarise,
} from './data/check/check-dataset.ts';
export { type ReadOptions, readCocoDataset } from './data/coco/coco.ts';
export { CocoData } from './data/coco/dataset.ts';
export {
  formatProblem,
  type Problem,
  type ProblemCode,
  type ProblemPlace,
  type Severity,
} from './data/coco/problems.ts';
export type { RecordChunk } from './data/coco/record-store.ts';
export { readCocoResults } from './data/coco/results.ts';
export type { Detection, ResultsTable } from './data/coco/results-table.ts';
export { maskOf } from './data/coco/truth.ts';
export type * from './data/coco/types.ts';
export { writeCocoDataset } from './data/coco/write-coco.ts';
export type { Converted, Converter, ConvertOptions } from './data/convert/converter.ts';
export { converterOf } from './data/convert/formats.ts';
export type { AnnotationWriter, LeftOut, WriteOptions } from './data/convert-to/annotation-writer.ts';
export { annotationWriterOf } from './data/convert-to/formats.ts';
export { type MergeOptions, type MergeSource, mergeDatasets } from './data/curate/merge.ts';
export { type SplitOptions, splitDataset } from './data/curate/split.ts';
export * from './data/curate/statistics.ts';
export type { JsonStreamOptions } from './data/json/window.ts';
export type { CocoEvaluation } from './eval/accumulate.ts';
export type * from './eval/analysed.ts';
export type { Interval } from './eval/bootstrap.ts';
export type { Calibration, CalibrationBin } from './eval/calibration.ts';
export { CocoEvaluator } from './eval/coco-evaluator.ts';
export type {
  ComparedCategory,
  ComparedFigure,
  ComparedPicture,
  Comparison,
  FoundCounts,
} from './eval/comparison.ts';
export type { ConfusionCell } from './eval/confusion.ts';
export type { CrowdingGroup } from './eval/crowding.ts';
export type * from './eval/error-analysis.ts';
export {
  type InstanceAccuracy,
  InstanceAccuracyEvaluator,
  type InstanceAccuracyResult,
} from './eval/instance-accuracy.ts';
export type { MarkedDetection, MarkedPicture, MarkedTruth } from './eval/marked-picture.ts';
export { SemanticEvaluator, type SemanticScores } from './eval/mean-iou.ts';
export type { EvalBox, EvalCategory, EvalDetection, EvalTruth } from './eval/objects.ts';
export { type AreaRange, type EvalParams, type EvalType, evalParams } from './eval/params.ts';
export type { PictureErrors } from './eval/picture-errors.ts';
export { type CocoMetric, cocoMetrics } from './eval/summary.ts';
export type { OperatingPoint } from './eval/threshold-curves.ts';
export type { TideError, TideResult } from './eval/tide.ts';
export type { JudgedDetection, TideKind, TideThresholds } from './eval/tide-picture.ts';
export type { SizeCount, Verdict } from './eval/verdict.ts';
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
export type { PullProgress } from './hub/pull.ts';
export type { LoadProgress } from './hub/resolve-model.ts';
export { countPages, type DecodeOptions, decodePicture } from './image/decode.ts';
export type { GeoReference } from './image/geo-reference.ts';
export { readGeoReference } from './image/geo-reference-file.ts';
export type { Picture, RawPicture } from './image/picture.ts';
export type { CanvasPicture, GlobalClass, PictureFile, PictureSource } from './image/picture-source.ts';
export type { PlaneChoice } from './image/plane-choice.ts';
export type { PreparedPicture } from './image/transform.ts';
export { type ImportedWeights, type ImportOptions, importWeights } from './import/import-weights.ts';
export type { BoxOutput } from './model/detections.ts';
export type { Instances } from './model/instances.ts';
export type { RpnLevelOutput } from './model/proposals.ts';
export type { ModelCard } from './model-file/card.ts';
export { openModelFile, type WriteModelOptions, writeModelFile } from './model-file/model-file.ts';
export type { StoredQuantization } from './model-file/quantization.ts';
export type { ModelFile } from './model-file/read-model.ts';
export type { GroundTruth } from './ops/ground-truth.ts';
export type { DecodedKeypoints } from './ops/keypoint-decoding.ts';
export type { Poses } from './ops/poses.ts';
export type { Rle } from './ops/rle/rle.ts';
export type { OutlineOptions } from './ops/rle/tolerance.ts';
export type { ScoredBoxes, SelectedBoxes } from './ops/scored-boxes.ts';
export { type CreatePoolOptions, createPool, ModelPool, type PoolPredictOptions } from './pool/model-pool.ts';
export { PoolError, type PoolErrorKind } from './pool/pool-error.ts';
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
export type { FindModelOptions } from './predict/load/find-model.ts';
export { type ExplainerLoadOptions, type LoadOptions, load, loadExplainer } from './predict/load/node.ts';
export { Model, type PredictOptions, type PredictOutcome } from './predict/model.ts';
export type { StageObserver, StageRecords } from './predict/pipeline.ts';
export { type CocoResultRecord, toCocoResults } from './predict/result-entry.ts';
export {
  loadSemantic,
  type SemanticLoadOptions,
  SemanticModel,
  type SemanticPrediction,
  type SemanticPredictOptions,
} from './predict/semantic.ts';
export type { TileChoice, TileOptions } from './predict/tiles/tile-choice.ts';
export type { TilePlan } from './predict/tiles/tile-plan.ts';
export type { Metrics } from './run/log/metric.ts';
export type { LoopOutcome } from './run/loop.ts';
export { type TrainOptions, train } from './run/train.ts';
export { type AnalyseErrorsOptions, analyseErrors, type ComparedResults } from './score/analyse-errors.ts';
export {
  type CocoEvalOptions,
  type CocoEvalResult,
  cocoEval,
  type EvalInput,
  type NucleiEvalOptions,
  nucleiEval,
} from './score/coco-eval.ts';
export type { ParamOverrides } from './score/coco-evaluator.ts';
export type { CategorySummary, CocoSummary } from './score/coco-summary.ts';
export { type Classes, drawClasses, encodeClasses } from './vis/draw-classes.ts';
export { type DrawOptions, drawInstances, drawInstancesSvg } from './vis/draw-instances.ts';
export type { Drawable, DrawablePose } from './vis/drawable.ts';
export type { ReportImage } from './vis/error-report/embedded-picture.ts';
export { type ErrorReportOptions, renderErrorReport } from './vis/error-report/error-report.ts';
export type { ErrorReportTexts } from './vis/error-report/error-report-content.ts';
export { type ReportOptions, renderReport } from './vis/report/report.ts';
export type { Language } from './vis/report/text.ts';
export type { StoredDtype } from './weights/elements/dtype.ts';
export type { WeightPrecision } from './weights/elements/encode.ts';
export type { WeightFile } from './weights/weight-file.ts';
