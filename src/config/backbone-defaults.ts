import { type BackboneName, defaultEps, type PreprocessConfig } from './schema.ts';

/** What the published ImageNet weights of a backbone were trained with, where it is not what ResNets have. */
export interface BackboneDefaults {
  /** Channels of the stem. */
  width: number;
  /** Added to the variance in batch norm. */
  eps: number;
  /** What it has in place of frozen batch norm. */
  norm?: 'none';
  /** How pictures were normalised. */
  preprocess: Partial<Pick<PreprocessConfig, 'mean' | 'std'>>;
}

const resnetDefaults: BackboneDefaults = { width: 64, eps: defaultEps, preprocess: {} };

/** TensorFlow's EfficientNet-Lite takes (value − 127) / 128 of each byte. */
const lite: BackboneDefaults['preprocess'] = {
  mean: [127 / 255, 127 / 255, 127 / 255],
  std: [128 / 255, 128 / 255, 128 / 255],
};

const others: Partial<Record<BackboneName, BackboneDefaults>> = {
  // torchvision's detectors run it with the eps of their frozen batch norm, though it was trained with 1e-3.
  mobilenet_v3_large: { width: 16, eps: defaultEps, preprocess: {} },
  vgg16: { width: 64, eps: defaultEps, norm: 'none', preprocess: {} },
  efficientnet_lite0: { width: 32, eps: 1e-3, preprocess: lite },
};

/** What a preset of this backbone sets. */
export function backboneDefaults(name: BackboneName): BackboneDefaults {
  return others[name] ?? resnetDefaults;
}
