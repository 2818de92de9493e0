/** Where a Detectron2 model keeps the parts of its network that are named by its structure. */
export interface Detectron2Layout {
  /** `backbone.bottom_up` under an FPN, `backbone` without one. */
  readonly bottomUp: string;
  /** `roi_heads` in structure C4, whose last stage works on RoIs, else the same as `bottomUp`. */
  readonly lastStage: string;
}

/** Most blocks of a stage: 36, of ResNet-152. */
const maxBlocks = 36;
const maxHeadLayers = 8;

const normParameters = ['weight', 'bias', 'running_mean', 'running_var'];

type Pair = readonly [current: string, detectron2: string];

/** A convolution with a norm and without bias. */
function normalised(conv: Pair, norm: string): Pair[] {
  return [
    [`${conv[0]}.weight`, `${conv[1]}.weight`],
    ...normParameters.map((name): Pair => [`${norm}.${name}`, `${conv[1]}.norm.${name}`]),
  ];
}

/** A layer with a bias. */
function biased(layer: Pair): Pair[] {
  return ['weight', 'bias'].map((name): Pair => [`${layer[0]}.${name}`, `${layer[1]}.${name}`]);
}

/** Both names of every parameter that a model of this layout may have. */
function pairsOf({ bottomUp, lastStage }: Detectron2Layout): Pair[] {
  const body = 'backbone.body';
  const stage = (index: number) => `${index === 4 ? lastStage : bottomUp}.res${index + 1}`;
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const blocks = [1, 2, 3, 4].flatMap((index) =>
    numbers(maxBlocks).flatMap((block) => {
      const [ours, theirs] = [`${body}.layer${index}.${block}`, `${stage(index)}.${block}`];
      return [
        ...[1, 2, 3].flatMap((n) => normalised([`${ours}.conv${n}`, `${theirs}.conv${n}`], `${ours}.bn${n}`)),
        ...normalised([`${ours}.downsample.0`, `${theirs}.shortcut`], `${ours}.downsample.1`),
      ];
    }),
  );
  const layers: Pair[] = [
    ...numbers(4).flatMap((n): Pair[] => [
      [`backbone.fpn.inner_blocks.${n}.0`, `backbone.fpn_lateral${n + 2}`],
      [`backbone.fpn.layer_blocks.${n}.0`, `backbone.fpn_output${n + 2}`],
    ]),
    ['rpn.head.conv.0.0', 'proposal_generator.rpn_head.conv'],
    ['rpn.head.cls_logits', 'proposal_generator.rpn_head.objectness_logits'],
    ['rpn.head.bbox_pred', 'proposal_generator.rpn_head.anchor_deltas'],
    ['roi_heads.box_head.fc6', 'roi_heads.box_head.fc1'],
    ['roi_heads.box_head.fc7', 'roi_heads.box_head.fc2'],
    ['roi_heads.box_predictor.cls_score', 'roi_heads.box_predictor.cls_score'],
    ['roi_heads.box_predictor.bbox_pred', 'roi_heads.box_predictor.bbox_pred'],
    ...numbers(maxHeadLayers).flatMap((n): Pair[] => [
      [`roi_heads.mask_head.${n}.0`, `roi_heads.mask_head.mask_fcn${n + 1}`],
      // The ReLU between has a number too.
      [`roi_heads.keypoint_head.${2 * n}`, `roi_heads.keypoint_head.conv_fcn${n + 1}`],
    ]),
    ['roi_heads.mask_predictor.conv5_mask', 'roi_heads.mask_head.deconv'],
    ['roi_heads.mask_predictor.mask_fcn_logits', 'roi_heads.mask_head.predictor'],
    ['roi_heads.keypoint_predictor.kps_score_lowres', 'roi_heads.keypoint_head.score_lowres'],
  ];
  return [
    ...normalised([`${body}.conv1`, `${bottomUp}.stem.conv1`], `${body}.bn1`),
    ...blocks,
    ...layers.flatMap(biased),
  ];
}

/** A table between torchvision's names and Detectron2's, for models of one layout. */
export interface Detectron2Names {
  /** Undefined for a name that is none of theirs. */
  current(detectron2: string): string | undefined;
  /** Undefined for a name that they have none for. */
  detectron2(current: string): string | undefined;
}

/** The names of models with this layout. */
export function detectron2Names(layout: Detectron2Layout): Detectron2Names {
  const pairs = pairsOf(layout);
  const theirs = new Map(pairs);
  const ours = new Map(pairs.map(([current, detectron2]) => [detectron2, current]));
  return { current: (key) => ours.get(key), detectron2: (key) => theirs.get(key) };
}

/** The layout that a file's names show, or null where they are not of a Detectron2 model. */
export function detectron2LayoutOf(keys: readonly string[]): Detectron2Layout | null {
  const has = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  if (!has('proposal_generator.')) return null;
  const bottomUp = has('backbone.bottom_up.') ? 'backbone.bottom_up' : 'backbone';
  return { bottomUp, lastStage: has('roi_heads.res5.') ? 'roi_heads' : bottomUp };
}

/** What a state dict of theirs holds besides weights: constants that the configuration gives. */
export function isDetectron2Constant(key: string): boolean {
  const constants = ['pixel_mean', 'pixel_std', 'proposal_generator.anchor_generator.cell_anchors'];
  return constants.some((constant) => key === constant || key.startsWith(`${constant}.`));
}
