/** A model published by others, whose weights can be pulled by name. */
export interface PublishedModel {
  /** torchvision's name of the builder, with the data set that the model was trained on. */
  readonly name: string;
  /** The architecture, by the name that `train --arch` takes. */
  readonly arch: string;
  readonly task:
    | 'instance segmentation'
    | 'object detection'
    | 'keypoint detection'
    | 'semantic segmentation';
  /** Last part of the address. Its eight hexadecimal digits are the first of `sha256`. */
  readonly fileName: string;
  /** Folder on the publisher's server; overridden by `MASK_RCNN_MIRROR`. */
  readonly baseUrl: string;
  /** Bytes of the file; null: unknown before the download. */
  readonly size: number | null;
  /** Lower-case hexadecimal digits: all 64, or the first ones where no more are published. */
  readonly sha256: string;
  /** The publisher's licence, and what it does not cover. */
  readonly licence: string;
  /** Published average precision on COCO val2017, in percent; null for semantic segmentation. */
  readonly ap: { readonly box: number; readonly mask: number | null; readonly keypoints?: number } | null;
  /** For semantic segmentation: published mean IoU of Pascal VOC's classes on COCO val2017, in percent. */
  readonly meanIou?: number;
  /** Number of classes, including the background and COCO's unused ids. */
  readonly classes: number;
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Added to the variance in batch norm. torchvision runs its first COCO models with 0. */
  readonly batchNormEps: number;
}

const torchvision = {
  baseUrl: 'https://download.pytorch.org/models/',
  licence:
    'BSD-3-Clause (torchvision); trained on COCO, annotations CC BY 4.0, pictures under their own terms',
  classes: 91,
} as const;

const fcn = {
  ...torchvision,
  task: 'semantic segmentation',
  size: null,
  ap: null,
  classes: 21,
  batchNormEps: 1e-5,
} as const;

/**
 * The models of torchvision that this version runs. Names, AP and parameter counts are from the `*_Weights`
 * enumerations in torchvision/models/detection and …/segmentation, sizes and hashes from the published files. A new row
 * only needs an architecture in `config/presets`.
 */
export const publishedModels: readonly PublishedModel[] = [
  {
    ...torchvision,
    name: 'maskrcnn_resnet50_fpn_coco',
    arch: 'maskrcnn_resnet50_fpn',
    task: 'instance segmentation',
    fileName: 'maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth',
    size: 178_090_079,
    sha256: 'bf2d0c1efbc936eeee2bc95a48e80ebc86b891f61b0106485937fc29f9315fc0',
    ap: { box: 37.9, mask: 34.6 },
    parameters: 44_401_393,
    batchNormEps: 0,
  },
  {
    ...torchvision,
    name: 'maskrcnn_resnet50_fpn_v2_coco',
    arch: 'maskrcnn_resnet50_fpn_v2',
    task: 'instance segmentation',
    fileName: 'maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth',
    size: 185_828_065,
    sha256: '73cbd0190fcbe3ba339921fbce2c3a0b6bb9126c9a133c85e43a2a8e060a109e',
    ap: { box: 47.4, mask: 41.8 },
    parameters: 46_359_409,
    batchNormEps: 1e-5,
  },
  {
    ...torchvision,
    name: 'fasterrcnn_resnet50_fpn_coco',
    arch: 'fasterrcnn_resnet50_fpn',
    task: 'object detection',
    fileName: 'fasterrcnn_resnet50_fpn_coco-258fb6c6.pth',
    size: 167_502_836,
    sha256: '258fb6c638b15964ddcdd1ae0748c5eef1be9e732750120cc857feed3faac384',
    ap: { box: 37.0, mask: null },
    parameters: 41_755_286,
    batchNormEps: 0,
  },
  {
    ...torchvision,
    name: 'fasterrcnn_resnet50_fpn_v2_coco',
    arch: 'fasterrcnn_resnet50_fpn_v2',
    task: 'object detection',
    fileName: 'fasterrcnn_resnet50_fpn_v2_coco-dd69338a.pth',
    size: 175_221_657,
    sha256: 'dd69338a24b8d7381807e247652bdc356325bcbaf1cd3e092e00e0a1a58706bf',
    ap: { box: 46.7, mask: null },
    parameters: 43_712_278,
    batchNormEps: 1e-5,
  },
  {
    ...torchvision,
    name: 'fasterrcnn_mobilenet_v3_large_fpn_coco',
    arch: 'fasterrcnn_mobilenet_v3_large_fpn',
    task: 'object detection',
    fileName: 'fasterrcnn_mobilenet_v3_large_fpn-fb6a3cc7.pth',
    size: null,
    sha256: 'fb6a3cc7',
    ap: { box: 32.8, mask: null },
    parameters: 19_386_354,
    batchNormEps: 1e-5,
  },
  {
    ...torchvision,
    name: 'fasterrcnn_mobilenet_v3_large_320_fpn_coco',
    arch: 'fasterrcnn_mobilenet_v3_large_320_fpn',
    task: 'object detection',
    fileName: 'fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth',
    size: null,
    sha256: '907ea3f9',
    ap: { box: 22.8, mask: null },
    parameters: 19_386_354,
    batchNormEps: 1e-5,
  },
  {
    ...torchvision,
    classes: 2,
    name: 'keypointrcnn_resnet50_fpn_coco',
    arch: 'keypointrcnn_resnet50_fpn',
    task: 'keypoint detection',
    fileName: 'keypointrcnn_resnet50_fpn_coco-fc266e95.pth',
    size: null,
    sha256: 'fc266e95',
    ap: { box: 54.6, mask: null, keypoints: 65.0 },
    parameters: 59_137_258,
    batchNormEps: 0,
  },
  {
    ...fcn,
    name: 'fcn_resnet50_coco',
    arch: 'fcn_resnet50',
    fileName: 'fcn_resnet50_coco-1167a1af.pth',
    sha256: '1167a1af',
    meanIou: 60.5,
    parameters: 35_322_218,
  },
  {
    ...fcn,
    name: 'fcn_resnet101_coco',
    arch: 'fcn_resnet101',
    fileName: 'fcn_resnet101_coco-7ecb50ca.pth',
    sha256: '7ecb50ca',
    meanIou: 63.7,
    parameters: 54_314_346,
  },
];

/** The published model of that name, or undefined. */
export function findPublished(name: string): PublishedModel | undefined {
  return publishedModels.find((model) => model.name === name);
}
