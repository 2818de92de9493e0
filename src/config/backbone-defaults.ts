import { isEfficientNetLiteName } from './efficientnet-lite-table.ts';
import { type BackboneName, defaultEps, type PreprocessConfig } from './schema.ts';

/** The settings that the published ImageNet weights of a backbone were trained with. */
export interface BackboneDefaults {
  /** Channels of the stem. */
  width: number;
  /** Added to the variance in batch norm. */
  eps: number;
  /** The normalisation, if not frozen batch norm. */
  norm?: 'none';
  /** How pictures were normalised. */
  preprocess: Partial<Pick<PreprocessConfig, 'mean' | 'std'>>;
}

const resnetDefaults: BackboneDefaults = { width: 64, eps: defaultEps, preprocess: {} };

/** TensorFlow normalises each byte as (value − 127) / 128. */
const efficientNetLiteDefaults: BackboneDefaults = {
  width: 32,
  eps: 1e-3,
  preprocess: { mean: [127 / 255, 127 / 255, 127 / 255], std: [128 / 255, 128 / 255, 128 / 255] },
};

const others: Partial<Record<BackboneName, BackboneDefaults>> = {
  // It was trained with 1e-3, but torchvision's detectors run it with the eps of their frozen batch norm.
  mobilenet_v3_large: { width: 16, eps: defaultEps, preprocess: {} },
  vgg16: { width: 64, eps: defaultEps, norm: 'none', preprocess: {} },
};

/** The defaults of a backbone, which presets start from. */
export function backboneDefaults(name: BackboneName): BackboneDefaults {
  return isEfficientNetLiteName(name) ? efficientNetLiteDefaults : (others[name] ?? resnetDefaults);
}
