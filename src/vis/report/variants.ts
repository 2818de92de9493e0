import type { ExplainedMaskBranch, ExplainedModel, PoolerName } from '../../explanation/model.ts';
import type { TextKey } from './text-en.ts';

/** Parts of the report that differ between variants of the model. */

interface StructureTexts {
  name: string;
  backbone: TextKey;
  features: TextKey;
  /** The step whose sources compute the maps. */
  maps: 'pyramid' | 'singleMap';
  /** Which of the two head architectures it is. */
  own: TextKey;
  heading: TextKey | null;
}

export const structures: Record<ExplainedModel['structure'], StructureTexts> = {
  fpn: {
    name: 'FPN',
    backbone: 'flowBackboneFpn',
    features: 'featuresA',
    maps: 'pyramid',
    own: 'ownFpn',
    heading: 'structureFpn',
  },
  lastTwo: {
    name: 'FPN',
    backbone: 'flowBackboneFpn',
    features: 'featuresLastTwo',
    maps: 'pyramid',
    own: 'ownLastTwo',
    heading: 'structureFpn',
  },
  c4: {
    name: 'C4',
    backbone: 'flowBackbone',
    features: 'featuresC4',
    maps: 'singleMap',
    own: 'ownC4',
    heading: 'structureC4',
  },
  c5: {
    name: 'C5',
    backbone: 'flowBackbone',
    features: 'featuresC5',
    maps: 'singleMap',
    own: 'ownC5',
    heading: null,
  },
  dc5: {
    name: 'DC5',
    backbone: 'flowBackbone',
    features: 'featuresDc5',
    maps: 'singleMap',
    own: 'ownDc5',
    heading: null,
  },
};

interface PoolerTexts {
  name: string;
  /** Describes how it treats an RoI. */
  how: TextKey;
  /** Caption of its drawing in the comparison. */
  caption: TextKey;
}

export const poolerTexts: Record<PoolerName, PoolerTexts> = {
  roiPool: { name: 'RoIPool', how: 'howRoiPool', caption: 'roiPool' },
  roiPoolFloor: { name: 'RoIPool', how: 'howRoiPoolFloor', caption: 'roiPoolFloor' },
  roiWarp: { name: 'RoIWarp', how: 'howRoiWarp', caption: 'roiWarp' },
  roiAlign: { name: 'RoIAlign', how: 'howRoiAlign', caption: 'roiAlign' },
};

/** In display order. */
export const poolerNames = Object.keys(poolerTexts) as PoolerName[];

/** The mask branch described if the model has none: the paper's, with FPN. */
export const usualMask: ExplainedMaskBranch = {
  pool: { kind: 'roiAlign', resolution: 14, mode: 'avg', samplingRatio: 2, aligned: false },
  side: 28,
  head: 'fcn',
  layers: [256, 256, 256, 256],
  output: 'sigmoid',
  paste: 'wholePixels',
};

/** `shared` replaces `own` if the branch reads the output of `res5`. */
export const headTexts: Record<ExplainedMaskBranch['head'], { own: TextKey; shared: TextKey; why: TextKey }> =
  {
    fcn: { own: 's3Fcn', shared: 's3FcnShared', why: 's3b' },
    mlp: { own: 's3Mlp', shared: 's3MlpShared', why: 's3bMlp' },
  };

interface OutputTexts {
  /** States the number of masks. */
  outputs: TextKey;
  /** States whether classes compete. */
  decoupled: TextKey;
  /** Caption of the logits that are used. */
  chosen: TextKey;
  /** Caption of the probabilities. */
  taken: TextKey;
  loss: TextKey;
  lossNumbers: TextKey;
  /** Channels of the branch's output. */
  channels(classes: number): number;
  /** The first meaningful channel besides the one that is used. */
  firstChannel: number;
}

/** `classes` includes the background. */
export const outputTexts: Record<ExplainedMaskBranch['output'], OutputTexts> = {
  sigmoid: {
    outputs: 'outputsSigmoid',
    decoupled: 's4b',
    chosen: 'chosenLogits',
    taken: 'sigmoidCaption',
    loss: 's6a',
    lossNumbers: 'lossNumbers',
    channels: (classes) => classes - 1,
    firstChannel: 1,
  },
  softmax: {
    outputs: 'outputsSoftmax',
    decoupled: 's4Softmax',
    chosen: 'chosenLogits',
    taken: 'softmaxTaken',
    loss: 's6Softmax',
    lossNumbers: 'lossNumbersSoftmax',
    channels: (classes) => classes,
    firstChannel: 0,
  },
  classAgnostic: {
    outputs: 'outputsAgnostic',
    decoupled: 's4Agnostic',
    chosen: 'onlyLogits',
    taken: 'sigmoidCaption',
    loss: 's6Agnostic',
    lossNumbers: 'lossNumbersAgnostic',
    channels: () => 1,
    firstChannel: 1,
  },
};
