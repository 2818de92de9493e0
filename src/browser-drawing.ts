/**
 * What the page draws the stages with, and the words: the report's own. No Node module is reachable, nor ONNX Runtime,
 * so that the page itself stays small.
 */

export type * from './explanation/explanation.ts';
export type * from './explanation/focus.ts';
export type * from './explanation/mask-focus.ts';
export type * from './explanation/model.ts';
export type * from './explanation/plain.ts';
export type * from './explanation/pooling.ts';
export type * from './explanation/stages.ts';
export type * from './explanation/training.ts';
export { pasters } from './ops/pasters.ts';
export { rleArea } from './ops/rle/measure.ts';
export { type Rle, rleFromCounts } from './ops/rle/rle.ts';
export { chooseColors, palette } from './vis/colors.ts';
export { outlinePath } from './vis/outline.ts';
export {
  className,
  focusNote,
  levelName,
  maskNote,
  plainClassName,
  type ReportContext,
  scoreOf,
} from './vis/report/context.ts';
export { flowSection } from './vis/report/flow-section.ts';
export { heatMap } from './vis/report/heat-map.ts';
export { boxText, facts, figure, fixed, grouped } from './vis/report/html.ts';
export { lossSection } from './vis/report/loss-section.ts';
export {
  decouplingSection,
  logitPicture,
  maskBranchSection,
  otherChannels,
  spread,
} from './vis/report/mask-section.ts';
export { poolingSection } from './vis/report/pooling-section.ts';
export { sharedDrawings } from './vis/report/shared-drawings.ts';
export { structureSection } from './vis/report/structure-section.ts';
export { boxPath, colours, gridDrawing, partAround, photo, strongBox } from './vis/report/svg.ts';
export { type Language, translator } from './vis/report/text.ts';
export type { TextKey } from './vis/report/text-en.ts';
export { usualMask } from './vis/report/variants.ts';
