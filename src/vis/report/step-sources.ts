import { escapeHtml } from '../../core/escape-html.ts';
import type { ReportContext } from './context.ts';

/** The files of the repository that implement each step. */
export const stepSources = {
  result: ['src/predict/pipeline.ts'],
  input: ['src/image/transform.ts'],
  pyramid: ['src/model/backbone.ts', 'src/model/fpn.ts'],
  singleMap: ['src/model/backbone.ts', 'src/model/structure.ts'],
  rpn: ['src/model/rpn-head.ts', 'src/ops/anchors.ts', 'src/model/targets-rpn.ts'],
  proposals: ['src/model/proposals.ts', 'src/ops/box-coding.ts', 'src/ops/nms.ts'],
  levels: ['src/ops/level-assignment.ts'],
  sampled: ['src/model/pooler.ts', 'src/ops/roi-align.ts'],
  quantised: ['src/model/pooler.ts', 'src/ops/roi-pool.ts', 'src/ops/quantised-bins.ts'],
  branch: ['src/model/box-head.ts', 'src/model/detections.ts'],
  mask: ['src/model/mask-head.ts'],
  keypoints: ['src/model/keypoint-head.ts', 'src/ops/keypoint-decoding.ts'],
  decoupling: ['src/model/mask-outputs.ts'],
  structure: ['src/model/structure.ts', 'src/model/branches.ts'],
  losses: ['src/model/losses.ts', 'src/model/targets-rpn.ts', 'src/model/targets-roi.ts'],
  maskLoss: ['src/ops/mask-targets.ts', 'src/model/mask-outputs.ts'],
  prediction: ['src/model/instances.ts', 'src/ops/pasters.ts'],
  poolers: ['src/ops/roi-pool.ts', 'src/ops/quantised-bins.ts', 'src/ops/roi-align.ts'],
  bilinear: ['src/ops/roi-align.ts'],
} as const;

export type StepName = keyof typeof stepSources;

/** Names the files that implement a step, as links if the context has the URL of the sources; HTML. */
export function sourcesOf({ t, sourceUrl }: ReportContext, step: StepName): string {
  const files = stepSources[step].map((file) => {
    const name = `<code>${file}</code>`;
    return sourceUrl === undefined ? name : `<a href="${escapeHtml(sourceUrl)}/${file}">${name}</a>`;
  });
  return `<div class="sources">${t('sources')}${files.join(' · ')}</div>`;
}

/** Whether a report may link to files below this address. */
export function isSourceUrl(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:', 'file:'].includes(new URL(text).protocol);
}
