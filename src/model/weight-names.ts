/** The places of a detector's parts and layers in the names of its weights, which are torchvision's. */
export const scopes = {
  backbone: 'backbone.body',
  fpn: 'backbone.fpn',
  rpn: 'rpn.head',
  rpnConvolutions: 'rpn.head.conv',
  rpnObjectness: 'rpn.head.cls_logits',
  rpnDeltas: 'rpn.head.bbox_pred',
  boxHead: 'roi_heads.box_head',
  classLogits: 'roi_heads.box_predictor.cls_score',
  boxDeltas: 'roi_heads.box_predictor.bbox_pred',
  maskHead: 'roi_heads.mask_head',
  maskDeconvolution: 'roi_heads.mask_predictor.conv5_mask',
  maskLogits: 'roi_heads.mask_predictor.mask_fcn_logits',
  /** Instead of the previous two where the branch is fully connected. */
  mlpMaskLogits: 'roi_heads.mask_predictor.mask_fc_logits',
  keypointHead: 'roi_heads.keypoint_head',
  keypointLogits: 'roi_heads.keypoint_predictor.kps_score_lowres',
} as const;

/** The same of an FCN. */
export const semanticScopes = {
  backbone: 'backbone',
  main: { head: 'classifier', logits: 'classifier.4' },
  auxiliary: { head: 'aux_classifier', logits: 'aux_classifier.4' },
} as const;

/** Whether a weight belongs to a part or layer. */
export function isWithin(name: string, scope: string): boolean {
  return name.startsWith(`${scope}.`);
}
