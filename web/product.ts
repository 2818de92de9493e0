/**
 * The page's only imports from the package: apart from the build configuration, no other file of `web/` imports from `src/`.
 * package.json declares that the modules of `src/` have no side effects, so each bundle gets only the exports that it
 * uses: ONNX Runtime, the model code and zod end up in the workers, the report's drawings in the stage explorer.
 * `test/e2e/web-weight.test.ts` limits the size of the first load.
 */

export type {
  ExplainedStages,
  FocusWish,
  Model,
  PictureSource,
  RecordedPrediction,
} from '../src/browser.ts';
export { decodePicture, load, loadExplainer } from '../src/browser.ts';
export { messageOf } from '../src/core/errors.ts';
export { type CocoData, parseCocoDataset } from '../src/data/coco/dataset.ts';
export { parseCocoResults } from '../src/data/coco/record-reader.ts';
export { uniqueRecords } from '../src/data/coco/unique-records.ts';
export { escapeXml } from '../src/data/convert-to/xml-text.ts';
export type * from '../src/explanation/explanation.ts';
export type * from '../src/explanation/focus.ts';
export type * from '../src/explanation/mask-focus.ts';
export type * from '../src/explanation/model.ts';
export type * from '../src/explanation/plain.ts';
export type * from '../src/explanation/pooling.ts';
export type * from '../src/explanation/stages.ts';
export type * from '../src/explanation/training.ts';
export { toCocoDataset } from '../src/export/coco-dataset.ts';
export { toCsv } from '../src/export/csv.ts';
export { toGeoJson } from '../src/export/geojson.ts';
export { toRois } from '../src/export/imagej-roi.ts';
export { toLabels } from '../src/export/label-picture.ts';
export type { PicturePrediction } from '../src/export/prediction-of-picture.ts';
export { publishedModels } from '../src/hub/published.ts';
export { isHidden, pictureExtensions, unreadableExtension } from '../src/image/picture-names.ts';
export type { ModelCard } from '../src/model-file/card.ts';
export { formatValue } from '../src/model-file/card-metric.ts';
export { pasters } from '../src/ops/pasters.ts';
export { decompressRle } from '../src/ops/rle/compressed.ts';
export { rleIou } from '../src/ops/rle/iou.ts';
export { rleArea } from '../src/ops/rle/measure.ts';
export { type Rle, rleFromCounts } from '../src/ops/rle/rle.ts';
export { type ScoredBoxes, selectBoxes } from '../src/ops/scored-boxes.ts';
export { overlapOf } from '../src/predict/explain/plain.ts';
export { type CocoResultRecord, toCocoResults } from '../src/predict/result-entry.ts';
export {
  type MetricsLine,
  parseMetricsLines,
  parseRunPlan,
  type RunPlan,
  runFiles,
} from '../src/run/folder.ts';
export { type CurvePoint, roundUp, thin, upperEnd } from '../src/run/log/chart-scale.ts';
export { metricNames } from '../src/run/log/metric.ts';
export { defaultThreads } from '../src/runtime/web.ts';
export { analyseTables } from '../src/score/analyse-tables.ts';
export { evaluationNotes } from '../src/score/evaluation-notes.ts';
export type { ExplanationBody } from '../src/server/api/explain-schemas.ts';
export type { ProblemDocument, ProblemKind } from '../src/server/api/problem.ts';
export { routes, urlOf } from '../src/server/api/routes.ts';
export type { RunMetricsBody, RunsBody } from '../src/server/api/runs-schemas.ts';
export type { ModelsBody, PredictionBody } from '../src/server/api/schemas.ts';
export { ortFolder } from '../src/server/page/ort-files.ts';
export { chooseColors, palette } from '../src/vis/colors.ts';
export type { EncodePicture } from '../src/vis/error-report/embedded-picture.ts';
export {
  type ErrorReportContent,
  type ErrorReportTexts,
  errorReportContent,
  errorReportDocument,
} from '../src/vis/error-report/error-report-content.ts';
export { errorReportStyle } from '../src/vis/error-report/style.ts';
export { outlinePath } from '../src/vis/outline.ts';
export {
  className,
  focusNote,
  levelName,
  maskNote,
  note,
  plainClassName,
  type ReportContext,
  scoreOf,
} from '../src/vis/report/context.ts';
export { fillIn, type Lookup } from '../src/vis/report/fill-in.ts';
export { flowSection } from '../src/vis/report/flow-section.ts';
export { heatMap } from '../src/vis/report/heat-map.ts';
export { boxText, facts, figure, fixed, grouped, joinSentences, table } from '../src/vis/report/html.ts';
export { lossSection } from '../src/vis/report/loss-section.ts';
export {
  decouplingSection,
  logitPicture,
  maskBranchSection,
  otherChannels,
  spread,
} from '../src/vis/report/mask-section.ts';
export { poolingSection } from '../src/vis/report/pooling-section.ts';
export { predictionText } from '../src/vis/report/prediction-section.ts';
export { maskOutputAp, poolerAp } from '../src/vis/report/published-ap.ts';
export { sharedDrawings } from '../src/vis/report/shared-drawings.ts';
export { shownName } from '../src/vis/report/shown-names.ts';
export { structureSection } from '../src/vis/report/structure-section.ts';
export {
  boxPath,
  colours,
  gridDrawing,
  maskArea,
  partAround,
  photo,
  strongBox,
} from '../src/vis/report/svg.ts';
export { type Language, translator } from '../src/vis/report/text.ts';
export type { TextKey } from '../src/vis/report/text-en.ts';
export { poolerNames, usualMask } from '../src/vis/report/variants.ts';
