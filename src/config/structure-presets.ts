import { jointsFor } from './coco-joints.ts';
import type { StructureName } from './schema.ts';

/** Side lengths of the articles' anchors. */
const sizes = [32, 64, 128, 256, 512];
const ratios = [0.5, 1, 2];

/** What a structure sets in a preset, besides its name. */
export interface StructurePreset {
  rpn: object;
  /** Of the box branch's head. */
  head: object;
  mask: object;
}

/** A single map has all sizes on it, and its proposals compete in one list: more enter NMS. As Detectron2 has it. */
const singleLevel = {
  anchors: { sizes: [sizes], aspectRatios: [ratios] },
  preNmsTopN: 6000,
  training: { preNmsTopN: 12000 },
};

const fourConvolutions = { pool: { resolution: 14 }, convolutions: [256, 256, 256, 256] };

const lastStage: StructurePreset = {
  rpn: singleLevel,
  head: { pool: { resolution: 7 }, fullyConnected: [1024, 1024] },
  mask: fourConvolutions,
};

/** Of the v1 recipe. The heads of `c4` are He et al. 2017, Fig. 4 left; `c5` and `dc5` have those of `fpn`. */
export const structurePresets: Record<StructureName, StructurePreset> = {
  fpn: {
    rpn: { anchors: { sizes: sizes.map((size) => [size]), aspectRatios: sizes.map(() => ratios) } },
    head: { pool: { resolution: 7 }, fullyConnected: [1024, 1024] },
    mask: fourConvolutions,
  },
  c4: {
    rpn: singleLevel,
    head: { pool: { resolution: 14 }, fullyConnected: [] },
    mask: { pool: { resolution: 14 }, convolutions: [] },
  },
  c5: lastStage,
  dc5: lastStage,
};

/** The keypoint branch (He et al. 2017, section 5), for COCO's person. */
export const keypointPreset = {
  pool: { resolution: 14 },
  convolutions: new Array<number>(8).fill(512),
  ...jointsFor(17),
};

/** torchvision's detectors on MobileNetV3: the pyramid of the last two maps, all sizes on each of its three levels. */
export const lastTwoPreset: StructurePreset = {
  ...structurePresets.fpn,
  rpn: {
    anchors: { sizes: [sizes, sizes, sizes], aspectRatios: [ratios, ratios, ratios] },
    scoreThreshold: 0.05,
  },
};

/** What `fasterrcnn_mobilenet_v3_large_320_fpn` changes of that. */
export const lowResolutionPreset = {
  preprocess: { minSize: 320, maxSize: 640 },
  rpn: { preNmsTopN: 150, postNmsTopN: 150 },
};
