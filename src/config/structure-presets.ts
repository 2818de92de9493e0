import { jointsFor } from './coco-joints.ts';
import type { StructureName } from './schema.ts';

/** Side lengths of anchors in the papers, in pixels. */
const sizes = [32, 64, 128, 256, 512];
const ratios = [0.5, 1, 2];

/** The settings of a preset that depend on the structure. */
export interface StructurePreset {
  rpn: object;
  /** The box branch's head. */
  head: object;
  mask: object;
}

/** A single map has anchors of all sizes, which compete in one list, so more of them enter NMS (as in Detectron2). */
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

/**
 * For the v1 recipe. The heads of `c4` are those of He et al. 2017, Fig. 4 left; `c5` and `dc5` have those of `fpn`.
 */
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

/**
 * torchvision's detectors on MobileNetV3: a pyramid of the last two maps, with all sizes on each of its three levels.
 */
export const lastTwoPreset: StructurePreset = {
  ...structurePresets.fpn,
  rpn: {
    anchors: { sizes: [sizes, sizes, sizes], aspectRatios: [ratios, ratios, ratios] },
    scoreThreshold: 0.05,
  },
};

/** The changes of `fasterrcnn_mobilenet_v3_large_320_fpn` to that. */
export const lowResolutionPreset = {
  preprocess: { minSize: 320, maxSize: 640 },
  rpn: { preNmsTopN: 150, postNmsTopN: 150 },
};
