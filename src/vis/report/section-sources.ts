/** The files of the repository in which each section's steps are implemented, in the order of the sections. */
export const sectionSources: readonly (readonly string[])[] = [
  ['src/predict/pipeline.ts'],
  [
    'src/image/transform.ts',
    'src/model/backbone.ts',
    'src/model/fpn.ts',
    'src/model/rpn-head.ts',
    'src/model/proposals.ts',
    'src/ops/level-assignment.ts',
    'src/ops/roi-align.ts',
    'src/model/box-head.ts',
    'src/model/detections.ts',
  ],
  ['src/model/mask-head.ts', 'src/model/keypoint-head.ts'],
  ['src/model/mask-outputs.ts'],
  ['src/model/structure.ts', 'src/model/branches.ts'],
  [
    'src/model/losses.ts',
    'src/model/targets-rpn.ts',
    'src/model/targets-roi.ts',
    'src/ops/mask-targets.ts',
    'src/model/training-graphs.ts',
  ],
  ['src/model/instances.ts', 'src/ops/paste-mask.ts'],
  ['src/ops/roi-pool.ts', 'src/ops/quantised-bins.ts', 'src/ops/roi-align.ts'],
];
