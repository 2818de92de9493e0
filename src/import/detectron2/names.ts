import { resnetTable } from '../../config/resnet-table.ts';
import { largest } from '../../core/extremes.ts';
import { scopes } from '../../model/weight-names.ts';

/** The places of a Detectron2 model's layers that depend on its structure. */
export interface Detectron2Layout {
  /** `backbone.bottom_up` under an FPN, `backbone` without one. */
  readonly bottomUp: string;
  /** `roi_heads` in structure C4, whose last stage runs on RoIs; else the same as `bottomUp`. */
  readonly lastStage: string;
  /** Convolutions before the fully connected layers of the box branch; 0 in most models. */
  readonly boxConvolutions: number;
}

/** The largest number of blocks in a stage. */
const maxBlocks = largest(Object.values(resnetTable).flatMap(({ blocks }) => blocks));
const maxHeadLayers = 8;

const normParameters = ['weight', 'bias', 'running_mean', 'running_var'];

type Pair = readonly [current: string, detectron2: string];

/** A layer with a bias. */
function biased(layer: Pair): Pair[] {
  return ['weight', 'bias'].map((name): Pair => [`${layer[0]}.${name}`, `${layer[1]}.${name}`]);
}

/** A convolution with either a norm or a bias. */
function normalised(conv: Pair, norm: string): Pair[] {
  return [
    ...biased(conv),
    ...normParameters.map((name): Pair => [`${norm}.${name}`, `${conv[1]}.norm.${name}`]),
  ];
}

/** Both names of every parameter that a model with this layout may have. */
function pairsOf({ bottomUp, lastStage, boxConvolutions }: Detectron2Layout): Pair[] {
  const stage = (index: number) => `${index === 4 ? lastStage : bottomUp}.res${index + 1}`;
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const blocks = [1, 2, 3, 4].flatMap((index) =>
    numbers(maxBlocks).flatMap((block) => {
      const [ours, theirs] = [`${scopes.backbone}.layer${index}.${block}`, `${stage(index)}.${block}`];
      return [
        ...[1, 2, 3].flatMap((n) => normalised([`${ours}.conv${n}`, `${theirs}.conv${n}`], `${ours}.bn${n}`)),
        ...normalised([`${ours}.downsample.0`, `${theirs}.shortcut`], `${ours}.downsample.1`),
      ];
    }),
  );
  // torchvision numbers the layers of a convolutional box branch, including the flattening in between.
  const fullyConnected = (n: number) => (boxConvolutions === 0 ? `fc${n + 6}` : boxConvolutions + 1 + n);
  /** Sequences of a convolution and its norm. */
  const sequences: Pair[] = [
    ...numbers(4).flatMap((n): Pair[] => [
      [`${scopes.fpn}.inner_blocks.${n}`, `backbone.fpn_lateral${n + 2}`],
      [`${scopes.fpn}.layer_blocks.${n}`, `backbone.fpn_output${n + 2}`],
    ]),
    ...numbers(boxConvolutions).map(
      (n): Pair => [`${scopes.boxHead}.${n}`, `roi_heads.box_head.conv${n + 1}`],
    ),
    ...numbers(maxHeadLayers).map(
      (n): Pair => [`${scopes.maskHead}.${n}`, `roi_heads.mask_head.mask_fcn${n + 1}`],
    ),
  ];
  const layers: Pair[] = [
    [`${scopes.rpnConvolutions}.0.0`, 'proposal_generator.rpn_head.conv'],
    [scopes.rpnObjectness, 'proposal_generator.rpn_head.objectness_logits'],
    [scopes.rpnDeltas, 'proposal_generator.rpn_head.anchor_deltas'],
    ...numbers(maxHeadLayers).map(
      (n): Pair => [`${scopes.boxHead}.${fullyConnected(n)}`, `roi_heads.box_head.fc${n + 1}`],
    ),
    [scopes.classLogits, 'roi_heads.box_predictor.cls_score'],
    [scopes.boxDeltas, 'roi_heads.box_predictor.bbox_pred'],
    ...numbers(maxHeadLayers).map(
      // The ReLUs in between are numbered too.
      (n): Pair => [`${scopes.keypointHead}.${2 * n}`, `roi_heads.keypoint_head.conv_fcn${n + 1}`],
    ),
    [scopes.maskDeconvolution, 'roi_heads.mask_head.deconv'],
    [scopes.maskLogits, 'roi_heads.mask_head.predictor'],
    [scopes.keypointLogits, 'roi_heads.keypoint_head.score_lowres'],
  ];
  return [
    ...normalised([`${scopes.backbone}.conv1`, `${bottomUp}.stem.conv1`], `${scopes.backbone}.bn1`),
    ...blocks,
    ...sequences.flatMap(([ours, theirs]) => normalised([`${ours}.0`, theirs], `${ours}.1`)),
    ...layers.flatMap(biased),
  ];
}

/** The reversible table between torchvision's names and Detectron2's, for models with one layout. */
export interface Detectron2Names {
  /** Undefined for a name that Detectron2 does not have. */
  current(detectron2: string): string | undefined;
  /** Undefined for a name without a counterpart in Detectron2. */
  detectron2(current: string): string | undefined;
}

/** The names in models with this layout. */
export function detectron2Names(layout: Detectron2Layout): Detectron2Names {
  const pairs = pairsOf(layout);
  const theirs = new Map(pairs);
  const ours = new Map(pairs.map(([current, detectron2]) => [detectron2, current]));
  return { current: (key) => ours.get(key), detectron2: (key) => theirs.get(key) };
}

/** The layout of a file's names, or null where they are not those of a Detectron2 model. */
export function detectron2LayoutOf(keys: readonly string[]): Detectron2Layout | null {
  const has = (prefix: string) => keys.some((key) => key.startsWith(prefix));
  if (!has('proposal_generator.')) return null;
  const bottomUp = has('backbone.bottom_up.') ? 'backbone.bottom_up' : 'backbone';
  const boxConvolutions = keys.filter((key) => /^roi_heads\.box_head\.conv\d+\.weight$/.test(key)).length;
  return { bottomUp, lastStage: has('roi_heads.res5.') ? 'roi_heads' : bottomUp, boxConvolutions };
}

/** Whether a key of Detectron2's state dict is a constant, which our configuration holds, and not a weight. */
export function isDetectron2Constant(key: string): boolean {
  const constants = ['pixel_mean', 'pixel_std', 'proposal_generator.anchor_generator.cell_anchors'];
  return constants.some((constant) => key === constant || key.startsWith(`${constant}.`));
}
