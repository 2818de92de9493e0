/** The texts of the experiments in English. Words in braces are filled in; `chinese.ts` has the same keys. */
export const english = {
  title: 'Change one thing and see',
  intro:
    'Each experiment changes one setting of this prediction; the weights and all other settings remain the same. The papers’ figures were measured with models trained for each setting, on whole data sets: one picture does not reproduce them, but shows where the differences come from.',
  inPaper: 'In the paper: {source}',
  own: ' (this model)',

  poolerTitle: 'RoIPool and RoIAlign on the same RoI',
  poolerIntro:
    'Runs both branches on the recorded proposals again, with the same weights but another pooling method. The model was trained with {own}, so another method gives it features slightly different from those it was trained on.',
  poolerChoice: 'Pooling method',
  roiAlign: 'RoIAlign',
  roiWarp: 'RoIWarp',
  roiPool: 'RoIPool',
  roiPoolFloor: 'RoIPool, rounded down',
  poolerRun: 'Predict with {pooler}',
  poolerBusy: 'Predicting with {pooler} …',
  poolerFailed: 'The prediction with {pooler} failed: {message}',
  poolerResult: '{pooler}: {name}, score {score}; mask {n} px',
  poolerNoMask: '{pooler}: {name}, score {score}; no mask',
  poolerAgree: 'IoU of the two boxes: {box}. The same proposal was pooled, from {level}.',
  poolerAgreeMask:
    'IoU of the two boxes: {box}; of the two masks: {mask}. The same proposal was pooled, from {level}.',
  poolerTable: 'Tables 2c and 2d of Mask R-CNN, ResNet-50, COCO mask AP',
  paperC4: 'C4, stride 16',
  paperC5: 'C5, stride 32',

  outputTitle: 'Softmax and sigmoid on the same logits',
  outputIntro:
    'The mask logits of the selected RoI, turned into a mask in both ways: by a sigmoid of the channel of {name} alone, and by a softmax, in which all classes compete for each pixel.',
  outputOneClass:
    'With a single class, a softmax over the classes is 1 everywhere: the mask is the whole box.',
  outputAgnostic: 'This model predicts one mask regardless of class, so there is nothing to compete with.',
  noMask: 'There is no mask for this RoI.',
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  outputResult: '{output}: {n} px',
  outputAgree: 'IoU of the two masks: {iou}.',
  outputTable: 'Table 2b of Mask R-CNN, ResNet-50-C4, COCO mask AP',

  selectionTitle: 'NMS threshold and number of proposals',
  selectionIntro:
    'The recorded boxes are selected again at every change, by the same NMS as in the prediction; the network does not run again.',
  rpnThreshold: 'NMS threshold of the proposals (prediction: {usual})',
  proposalCount: 'Number of proposals (prediction: {usual})',
  boxThreshold: 'NMS threshold of the detections (prediction: {usual})',
  reset: 'Reset',
  proposalsOne:
    '1 proposal from {all} boxes; {left} remained after NMS. IoU ≥ 0.5 with {found} of {objects} detections of the prediction.',
  proposalsMany:
    '{n} proposals from {all} boxes; {left} remained after NMS. IoU ≥ 0.5 with {found} of {objects} detections of the prediction.',
  detectionsCaption:
    'Detections: {kept} as in the prediction, {added} in addition (red), {lost} missing (dashed, white).',
  selectionNote:
    'The detections follow from the number of proposals and their own threshold. They are those of the proposals that the prediction used: boxes that only another threshold of the RPN lets through were not classified. Scores are those of the class and box branch.',
  selectionRescored:
    'This model then rescores the detections by their masks, which may lower some of them below the score threshold.',
  selectionUsual:
    'Faster R-CNN uses 0.7 for the proposals; in prediction, Mask R-CNN takes 300 proposals with C4 and 1,000 with FPN.',
  selectionTable: 'Table 2 of Faster R-CNN, ZF net, PASCAL VOC 2007 mAP by number of proposals',
  proposals: 'Proposals',
  withoutNms: '6,000, without NMS',
} as const;

/** Names of all texts. */
export type ExperimentText = keyof typeof english;
