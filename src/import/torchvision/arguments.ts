import { z } from 'zod';
import { merge } from '../../config/merge.ts';
import { parseWith } from '../../config/parse.ts';
import { categorySchema } from '../../config/schema.ts';

/** Validates a keyword argument of torchvision's builders and translates it into a part of our configuration. */
type Argument = (source: string, value: unknown) => object;

const number = z.number();
const fraction = z.number().min(0).max(1);
const count = z.number().int().positive();
const triple = z.tuple([number, number, number]);
const nested = z.array(z.array(z.number().positive()).min(1)).min(1);
const flat = z.array(z.number().positive()).min(1);

function argument<T>(schema: z.ZodType<T>, place: (value: T) => object): Argument {
  return (source, value) => place(parseWith(schema, source, value));
}

/** `AnchorGenerator`: a list for each level, or its short forms, which are expanded as there. */
const anchorGeneratorSchema = z
  .strictObject({ sizes: z.union([nested, flat]), aspect_ratios: z.union([nested, flat]) })
  .transform(({ sizes, aspect_ratios }) => {
    const levels = sizes.map((size) => (Array.isArray(size) ? size : [size]));
    const isNested = (ratios: number[][] | number[]): ratios is number[][] => Array.isArray(ratios[0]);
    const aspectRatios = isNested(aspect_ratios) ? aspect_ratios : levels.map(() => aspect_ratios);
    return { sizes: levels, aspectRatios };
  });

/** `MultiScaleRoIAlign`. The levels cannot be changed. */
const roiPoolSchema = z
  .strictObject({
    featmap_names: z.array(z.string()).optional(),
    output_size: count,
    sampling_ratio: z.number().int(),
  })
  .transform(({ output_size, sampling_ratio }) => ({
    resolution: output_size,
    // −1 in torchvision means ⌈RoI size / resolution⌉, as our 0 does.
    samplingRatio: Math.max(0, sampling_ratio),
  }));

/** Arguments of `MaskRCNN`, `FasterRCNN` and `GeneralizedRCNNTransform`, and their translation. */
const torchvisionArguments: Readonly<Record<string, Argument>> = {
  // A list is for multi-scale training; inference uses the last one.
  min_size: argument(z.union([count, z.array(count).min(1)]), (size) => ({
    preprocess: { minSize: Array.isArray(size) ? size.at(-1) : size },
  })),
  max_size: argument(count, (maxSize) => ({ preprocess: { maxSize } })),
  image_mean: argument(triple, (mean) => ({ preprocess: { mean } })),
  image_std: argument(triple, (std) => ({ preprocess: { std } })),
  // The stride of the backbone; no other value makes sense.
  size_divisible: argument(z.literal(32), () => ({})),
  rpn_anchor_generator: argument(anchorGeneratorSchema, (anchors) => ({ rpn: { anchors } })),
  rpn_pre_nms_top_n_test: argument(count, (preNmsTopN) => ({ rpn: { preNmsTopN } })),
  rpn_post_nms_top_n_test: argument(count, (postNmsTopN) => ({ rpn: { postNmsTopN } })),
  rpn_nms_thresh: argument(fraction, (nmsThreshold) => ({ rpn: { nmsThreshold } })),
  rpn_score_thresh: argument(fraction, (scoreThreshold) => ({ rpn: { scoreThreshold } })),
  box_roi_pool: argument(roiPoolSchema, (pool) => ({ box: { head: { pool } } })),
  box_score_thresh: argument(fraction, (scoreThreshold) => ({ box: { scoreThreshold } })),
  box_nms_thresh: argument(fraction, (nmsThreshold) => ({ box: { nmsThreshold } })),
  box_detections_per_img: argument(count, (detectionsPerImage) => ({ box: { detectionsPerImage } })),
  bbox_reg_weights: argument(z.tuple([number, number, number, number]), (codingWeights) => ({
    box: { codingWeights },
  })),
  mask_roi_pool: argument(roiPoolSchema, (pool) => ({ mask: { pool } })),
  keypoint_roi_pool: argument(roiPoolSchema, (pool) => ({ keypoint: { pool } })),
  categories: argument(z.array(categorySchema), (categories) => ({ categories })),
  rpn_pre_nms_top_n_train: argument(count, (preNmsTopN) => ({ rpn: { training: { preNmsTopN } } })),
  rpn_post_nms_top_n_train: argument(count, (postNmsTopN) => ({ rpn: { training: { postNmsTopN } } })),
  ...samplingArguments('rpn'),
  ...samplingArguments('box'),
};

/** How training samples boxes: the same arguments exist for the RPN's anchors and the box branch's proposals. */
function samplingArguments(part: 'rpn' | 'box'): Record<string, Argument> {
  return {
    [`${part}_fg_iou_thresh`]: argument(fraction, (fgIouThresh) => ({
      [part]: { training: { fgIouThresh } },
    })),
    [`${part}_bg_iou_thresh`]: argument(fraction, (bgIouThresh) => ({
      [part]: { training: { bgIouThresh } },
    })),
    [`${part}_batch_size_per_image`]: argument(count, (batchSizePerImage) => ({
      [part]: { training: { batchSizePerImage } },
    })),
    [`${part}_positive_fraction`]: argument(fraction, (positiveFraction) => ({
      [part]: { training: { positiveFraction } },
    })),
  };
}

export const torchvisionArgumentNames: readonly string[] = Object.keys(torchvisionArguments);

/**
 * Translates torchvision's keyword arguments into a part of our configuration.
 * @param value Arguments by name, all among `torchvisionArgumentNames`.
 * @throws InputError that names the argument with an invalid value.
 */
export function readTorchvisionArguments(source: string, value: Readonly<Record<string, unknown>>): unknown {
  let overrides: unknown = {};
  for (const [name, given] of Object.entries(value)) {
    overrides = merge(overrides, torchvisionArguments[name]!(`${source}: ${name}`, given));
  }
  return overrides;
}
