/** The report in English. Words in braces are filled in; `text-zh.ts` has the same keys and the same words in braces. */
export const english = {
  language: 'en',
  title: 'How Mask R-CNN sees {file}',
  lede: '{model} ({backbone}, {structure}) found {count} in this {width} × {height} pixel picture. This page shows every stage that the picture passes through; all numbers were recorded from the model during prediction.',
  objectsNone: 'no objects',
  objectsOne: '1 object',
  objectsMany: '{n} objects',
  legend: 'Colour key',
  anchor: 'anchor',
  proposal: 'proposal (from the RPN)',
  finalBox: 'final box (from the class and box branch)',
  maskColour: 'mask',
  contents: 'Contents',
  noMaskBranch:
    'This model is a Faster R-CNN: it has no mask branch, so there is no mask to show. What a Mask R-CNN does in this step is described in text.',
  noMaskButKeypoints:
    'This model is a Keypoint R-CNN: it has a branch that predicts {n} keypoints instead of the mask branch, so there is no mask to show. What a Mask R-CNN does in this step is described in text.',
  noDetection:
    'Nothing in this picture scored {score} or more, so no box reached the mask branch. This step is described in text.',
  noProposal: 'The RPN found no proposals in this picture, so there is no RoI to show.',
  followsInstance:
    'Steps that need a single RoI use object {n} as the example: {name}, score {score}, marked in the picture.',
  followsProposal:
    'Nothing was detected, so steps that need a single RoI use the RPN’s top-scoring proposal as the example, and show why it was rejected.',
  followsChosen:
    'Steps that need a single RoI use the selected proposal {n} as the example. It did not become an instance; its mask is what the mask branch predicts for it.',
  followsRescored:
    'Every detection scored less than {threshold} once its mask had lowered its score. Steps that need a single RoI use the one with the highest class score as the example.',
  fateRescored:
    'It was detected with this class score, but its mask is uncertain: rescored by it, the detection is below the threshold.',
  emptyBox: 'After box regression, no part of this RoI is inside the picture, so there is no mask to show.',
  fateSuppressed: 'NMS removed it because it overlaps object {n}, which has a higher score.',
  fateDropped:
    'Its score is above the threshold, but it was dropped because of the detection limit or its size.',
  fateDroppedOrRescored:
    'Its score is above the threshold, but it was dropped because of the detection limit, its size, or a better detection of the object, which its mask then lowered below the threshold.',

  s1: 'Overall structure',
  s1a: 'Mask R-CNN is Faster R-CNN plus an FCN: next to the branch that predicts the class and box of a region, a second branch predicts its mask.',
  s1b: 'The framework is easy to extend: a third branch predicts human keypoints, and nothing else changes.',
  resultCaption: 'The result: class, score, box and mask of each instance.',
  resultCaptionNoMask: 'The result: class, score and box of each instance.',
  keypointsToo: 'Those of its {n} keypoints that are likely visible are drawn too.',
  number: 'No.',
  className: 'Class',
  score: 'Score',
  boxHeading: 'Box x1, y1, x2, y2 (px of the original)',
  maskPixels: 'Mask (px)',
  moreRows: '… and {n} more',

  s2: 'Data flow',
  s2a: 'The backbone computes feature maps from the picture, the RPN proposes regions on them, and {pooler} resamples the features of each proposal to a fixed size.',
  s2b: 'Branch ① then predicts class and box, and branch ② the mask; up to the branches, everything is as in Faster R-CNN, whose pooling is RoIPool.',
  flowPicture: 'Picture',
  flowBackbone: 'Backbone',
  flowBackboneFpn: 'Backbone + FPN',
  flowRpn: 'RPN',
  flowProposals: 'Proposals',
  flowShared: 'res5, shared',
  flowBox: '① Class and box branch',
  flowDetections: 'Detections',
  flowMask: '② Mask branch',
  flowBack: 'final boxes, in prediction',
  flowAnchors: '{n} anchors',
  flowKept: '{n} boxes',

  input: 'Input',
  inputA:
    'The picture is resized so that its shorter side matches the model’s setting, its colours are normalised, and it is zero-padded on the right and bottom to multiples of 32.',
  inputB:
    'Each red, green and blue value becomes (v / 255 − mean) / std. Boxes are computed in the resized picture and scaled back at the end.',
  inputCaption: 'The resized picture in the network’s input; the hatched area is padding.',
  original: 'Original',
  resized: 'Resized',
  padded: 'With padding',
  scale: 'Scale x, y',
  mean: 'Mean',
  std: 'Standard deviation',
  range: 'Values after normalisation',

  features: 'Backbone and feature maps',
  featuresA:
    'The backbone halves the resolution repeatedly; the feature pyramid network (FPN) adds the semantics of the coarse maps to the fine ones, so that there is a suitable map for every object size.',
  featuresLastTwo:
    'The backbone halves the resolution repeatedly; the feature pyramid network (FPN) is built on its last two maps, both of stride 32, so all RoIs are pooled from one map.',
  featuresC4:
    'The backbone halves the resolution four times, up to its fourth stage; there is no pyramid. The RPN and the RoIs both use a single map, C4, and the last stage of the ResNet, res5, is applied to the RoIs.',
  featuresC5:
    'The backbone halves the resolution five times. There is no pyramid: the RPN and the RoIs both use a single map, C5 of stride 32.',
  featuresDc5:
    'The backbone halves the resolution four times; its last stage keeps the resolution by using dilated convolutions. There is no pyramid: the RPN and the RoIs both use a single map, C5.',
  featuresB:
    'Each feature pixel shows the mean of |activation| over the channels. Regions that are brighter or darker than their surroundings are what the network distinguishes.',
  featureCaption: '{level}: {columns} × {rows} × {channels}, stride {stride}; {low} … {high}',

  rpn: 'RPN: objectness and anchors',
  rpnA: 'Every location of every map has anchors, boxes of the sizes and shapes listed below. A small network predicts how likely each one contains an object (objectness), and offsets that fit it to the object.',
  rpnTraining:
    'In training, an anchor is a positive example if its IoU with an object is at least {foreground}, or if no other anchor overlaps that object more, and a negative one if its IoU with every object is below {background}; anchors in between are ignored. Up to {batch} anchors of a picture are sampled, at most {fraction} % of them positive: objectness is trained on all of these, the offsets on the positive ones.',
  rpnB: 'The maps show the highest objectness of the anchors at each location, from dark (0) to bright (1). The picture shows all anchors of one location on each map.',
  rpnCaption: '{level}: maximum {high}',
  anchorsCaption: 'The anchors of one location on each map, near the selected RoI.',
  level: 'Level',
  grid: 'Grid',
  stride: 'Stride',
  anchorSizes: 'Anchors (px)',
  anchorCount: 'Anchors',

  proposals: 'Proposals, before and after NMS',
  proposalsA:
    'On each level, the predicted offsets are applied to the top-scoring anchors, at most {perLevel}, and the boxes are clipped to the picture. NMS removes every box whose IoU with a higher-scoring box of the same level is above {nms}.',
  proposalsB:
    'The top-scoring boxes that remain, at most {limit}, are the proposals: {before} boxes before NMS, {after} after. There are many per object, and they are imprecise.',
  beforeCaption: 'Before NMS: the top {shown} of {n}.',
  levelColours: 'Colours denote levels.',
  afterCaption: 'After NMS: the top {shown} of {n}.',
  candidates: 'Top anchors',
  afterNms: 'After NMS',
  selected: 'Proposals',

  levels: 'The pyramid level of each RoI',
  levelsA:
    'Large RoIs are pooled from coarse maps, small ones from fine maps: level = ⌊4 + log₂(√area / {canonical})⌋, clamped to 2…5.',
  levelsB:
    'The selected RoI is {width} × {height} px: √area = {side}, 4 + log₂({side} / {canonical}) = {exact}, so it is pooled from {level}.',
  pooledFrom: 'RoIs pooled from it',

  align: '{pooler} to a fixed size',
  oneMap: 'All RoIs are pooled from {level}.',
  alignA: 'On {level}, the proposal is at {x1}, {y1}, {x2}, {y2} (its coordinates divided by {stride}).',
  howRoiAlign: 'Nothing is rounded: it is divided into {n} × {n} bins of {binX} × {binY} feature pixels.',
  howRoiWarp:
    'RoIWarp rounds its corners to whole feature pixels, {qx1}, {qy1}, {qx2}, {qy2}, and divides the region into {n} × {n} bins of {binX} × {binY} feature pixels.',
  howRoiPool:
    'RoIPool rounds twice. First the corners, to the nearest feature pixels, both inclusive: columns {qx1} to {lastX}, rows {qy1} to {lastY}. Then the bins: {width} / {n} = {binX} columns and {height} / {n} = {binY} rows are rounded to whole pixels, so adjacent bins may overlap.',
  howRoiPoolFloor:
    'RoIPool rounds down twice. First the corners: {width} columns from {qx1}, {height} rows from {qy1}. Then the bins: {width} / {n} = {binX} → {wholeX} columns and {height} / {n} = {binY} → {wholeY} rows each, so {droppedX} columns and {droppedY} rows are lost.',
  takesMean:
    'In each bin, {across} × {down} points are sampled by bilinear interpolation, and their mean is the bin’s value. The appendix compares the pooling methods.',
  takesLargestSample:
    'In each bin, {across} × {down} points are sampled by bilinear interpolation, and their maximum is the bin’s value. The appendix compares the pooling methods.',
  takesLargest:
    'A bin’s value is the maximum of its feature pixels, or 0 if it has none. The appendix compares the pooling methods.',
  alignCaption: 'Channel {channel} of {level} around the proposal: bins and sampling points.',
  binsCaption: 'Channel {channel} of {level} around the proposal (dashed): rounded region and bins.',
  alignedCaption: 'After {pooler}: the same channel, {n} × {n}.',

  branch: 'Branch ①: class and box',
  branchA:
    'From {n} × {n} × {channels} features, the branch predicts a score for each class, including the background, and separate box offsets for each class.',
  branchRes5:
    'The features first go through res5, the last stage of the ResNet, which outputs {side} × {side} × {channels}; their average over all positions is the input of the two predictors.',
  branchShared: 'The mask branch uses the same stage, with the same weights.',
  branchB:
    'The prediction here is {name} with score {score}. The box offsets are dx = {dx}, dy = {dy}, dw = {dw}, dh = {dh} (divided by {wx}, {wy}, {ww}, {wh}); the IoU between the box before and after is {iou}.',
  branchBackground:
    'The prediction here is background with score {background}; {name} only scores {score}, below the threshold of {threshold}, so this proposal is rejected.',
  branchBelowThreshold:
    'The top class is {name} with score {score}, below the threshold of {threshold}, so this proposal is rejected (background scored {background}).',
  scoresCaption: 'Class scores of this proposal; they sum to 1.',
  refineCaption: 'Anchor (dashed) → proposal → final box.',
  nmsNote:
    'In the whole picture, {candidates} pairs of proposal and class scored above {score}; per-class NMS (IoU threshold {nms}) kept {kept}.',
  nmsNoteSmaller:
    'In the whole picture, {candidates} pairs of proposal and class scored above {score}; per-class NMS (more than {nms} of the smaller box covered) kept {kept}.',
  rivals: 'Other proposals for this object that NMS removed: {n}.',
  background: 'background',
  otherClasses: '{n} others combined',
  anchorBox: 'Anchor',
  anchorLogit: 'Objectness logit → probability',
  anchorDeltas: 'RPN offsets dx, dy, dw, dh',
  proposalBox: 'Proposal',
  refinedBox: 'Final box',
  proposalRank: 'Rank among the proposals (level of the anchor)',

  s3: 'The mask branch',
  s3Fcn:
    'The mask branch is an FCN: {pooler} to {n} × {n}, convolutions, and a transposed convolution that doubles the resolution to {side} × {side}.',
  s3Mlp:
    'The mask branch of this model consists of fully connected layers instead of an FCN: {pooler} to {n} × {n}, flattened, layers of {layers} units, and one output per mask pixel, {side} × {side}.',
  s3FcnShared:
    'The mask branch is an FCN: {pooler} to {n} × {n}, res5, the last stage of the ResNet, shared with the class and box branch ({half} × {half} × {channels}), and a transposed convolution that doubles the resolution to {side} × {side}.',
  s3MlpShared:
    'The mask branch of this model is not an FCN: {pooler} to {n} × {n}, res5, the last stage of the ResNet, shared with the class and box branch ({half} × {half} × {channels}), fully connected layers of {layers} units, and one output per mask pixel, {side} × {side}.',
  outputsSigmoid: 'It outputs one mask per class, not counting the background.',
  outputsSoftmax: 'It outputs one map per class and one for the background.',
  outputsAgnostic: 'It outputs a single mask, regardless of class.',
  s3b: 'Convolutions preserve the position of every pixel, which fully connected layers lose: the paper reports 31.5 AP with fully connected layers and 33.6 AP with an FCN.',
  s3bMlp:
    'Fully connected layers lose the position of every pixel, which an FCN preserves: the paper reports 31.5 AP with fully connected layers and 33.6 AP with an FCN.',
  convolutions: 'convolutions 3×3',
  fullyConnected: 'fully connected',
  deconvolution: 'transposed convolution 2×2',
  output: 'output',
  maskAlignCaption: 'The final box on {level}: {n} × {n} bins. It is pooled again for the mask branch.',
  maskAlignedCaption: 'After {pooler}: {n} × {n}.',
  maskLogitsCaption: 'Output for {name}: logits {low} … {high}.',

  keypoints: 'The keypoint branch',
  keypointsA:
    'The keypoint branch uses the same boxes and outputs a heat map for each of {n} keypoints: a mask in which only one pixel is foreground.',
  keypointsB:
    'In training, a softmax is taken over all pixels of a map, since exactly one of them is the keypoint, so here the pixels compete. For prediction, the map is resized to the box, and its maximum is the keypoint (circle).',
  keypointsCaption: '{name}: {score}',
  keypointsScores:
    'In these {side} × {side} maps, the highest logit is bright, and logits that are lower by {depth} or more are dark. The number is the logit at the keypoint.',

  s4: 'The key idea: decoupling',
  s4a: 'An FCN scores all classes at each pixel with a softmax: a high score for one class suppresses the others, so the classes compete (coupling), which harms segmentation.',
  s4b: 'Here the box branch has already predicted the class, so only the mask of that class is used, with a sigmoid per pixel and no competition. This is the decoupling of class and mask.',
  s4Softmax:
    'This model is coupled in this way: a softmax distributes each pixel over the classes and the background, and the mask is the probability of the class that the box branch predicted. With decoupling, only that class would be used, with a sigmoid per pixel and no competition.',
  s4Agnostic:
    'This model decouples class and mask completely: the box branch predicts the class, and the mask branch predicts a single mask regardless of class, with a sigmoid per pixel. The paper reports 29.7 AP with such masks and 30.3 AP with one mask per class (ResNet-50-C4).',
  chosenLogits: '{name} (selected): {low} … {high}',
  onlyLogits: 'The only channel: {low} … {high}',
  otherLogits: '{name}: {low} … {high}',
  sigmoidCaption: 'Sigmoid of the selected channel: {n} of {all} pixels above 0.5.',
  softmaxCaption: 'Softmax over {classes} classes instead: {n} of {all} pixels above 0.5.',
  softmaxOfOne: 'Softmax over the only class instead: {n} of {all} pixels above 0.5.',
  softmaxTaken:
    'Softmax over the background and {classes} classes, probability of the selected one: {n} of {all} pixels above 0.5.',
  sigmoidOtherwise: 'Sigmoid of that channel alone instead: {n} of {all} pixels above 0.5.',
  oneClass:
    'This model has one class, so a softmax over the classes would be 1 everywhere and give no mask: with one class, only the sigmoid can produce a shape. With several classes, their probabilities would have to sum to 1 at each pixel.',
  manyClasses:
    'The other channels were never trained on objects of this class, so nothing constrains their output here; a softmax would let them compete for pixels all the same.',
  coupledClasses:
    'All channels were trained in competition with each other, so each of them matters: where the others combined have a higher probability, the pixel is lost. The sigmoid ignores them, and this model was not trained for it.',
  backgroundChannel:
    'The file contains a channel for the background too; it is neither trained nor read, and not shown here.',
  paperSigmoid: 'Comparison in the paper (Table 2b, ResNet-50-C4, COCO mask AP)',
  softmax: 'softmax',
  sigmoid: 'sigmoid',

  s5: 'Two head architectures',
  s5a: 'Structure 1, for a ResNet without FPN, has one RoI layer on C4 that both branches share. Structure 2, with FPN, has a separate RoI layer for each branch, so that the mask keeps more detail.',
  ownFpn: 'This model has structure 2: {box} × {box} for class and box.',
  ownLastTwo:
    'This model has structure 2, on the last two maps of the backbone, both of stride 32: {box} × {box} for class and box.',
  ownC4:
    'This model has structure 1: RoIs of {box} × {box} from C4, which res5 turns into {shared} × {shared}. The figure in the paper starts with 7 × 7 and lets res5 keep the size, for simplicity as the paper says.',
  ownC5:
    'This model is between the two: a single map without a pyramid, C5 of stride 32, and heads as in structure 2, {box} × {box} for class and box.',
  ownDc5:
    'This model is between the two: a single map without a pyramid, C5 kept at stride 16 by dilation, and heads as in structure 2, {box} × {box} for class and box.',
  ownMask: 'The mask branch pools its own RoIs, {mask} × {mask}.',
  ownMaskShared: 'Both branches apply res5 to their RoIs.',
  ownNoMask: 'It has no mask branch.',
  s5c: 'Structure 2 is usually the better choice, as FPN helps with small objects: in the paper, 30.3 AP without and 33.6 AP with it (ResNet-50).',
  s5Figure:
    'The diagrams show the paper’s sizes, for ResNet-50 and 80 classes; the sizes of this model are in the diagrams of section 2.',
  structureC4: 'Structure 1: C4',
  structureFpn: 'Structure 2: FPN',
  own: ' (this model)',
  average: 'average',
  classBox: 'class, box',
  maskWord: 'mask',

  s6: 'The loss',
  s6a: 'L = L_rpn + L_fast_rcnn + L_mask. For L_mask, the ground-truth class selects one channel of the {side} × {side} logits; the ground-truth mask is cropped to the proposal and resized to {side} × {side}; the two are compared by cross-entropy, pixel by pixel.',
  s6Softmax:
    'L = L_rpn + L_fast_rcnn + L_mask. For L_mask, the ground-truth mask is cropped to the proposal and resized to {side} × {side}, and compared with the {side} × {side} logits of all classes by softmax cross-entropy: pixels inside the mask belong to the ground-truth class, those outside to the background.',
  s6Agnostic:
    'L = L_rpn + L_fast_rcnn + L_mask. For L_mask, the ground-truth mask is cropped to the proposal and resized to {side} × {side}, and compared by cross-entropy, pixel by pixel, with the only channel of {side} × {side} logits, regardless of class.',
  s6b: 'In training, the proposals come from the RPN. They are imprecise, and there are many per object, which acts like random cropping: a form of data augmentation.',
  lossAsIf:
    'This picture has no annotations, so the predicted mask is used in place of the ground truth: these are the numbers that training would compute if it were correct.',
  lossTrue:
    'This picture is annotated: the IoU of this proposal with a ground-truth object is {overlap}, at least {foreground}, so it trains the mask branch with the mask of that object.',
  lossUnmatched:
    'This picture is annotated, but this proposal has no IoU of at least {foreground} with a ground-truth object ({overlap}), so it has no mask target; the predicted mask is used instead.',
  sampled:
    'Training samples up to {batch} of the proposals and ground-truth boxes ({objects}): those with an IoU of at least {foreground} with a ground-truth box are positives, at most {fraction} % of the sample, and the others are negatives. Here it samples {positives} positives and {negatives} negatives.',
  sampledCaption: 'The sample: positives (orange) and negatives (thin, grey); ground-truth boxes are dashed.',
  cropsCaption:
    'Proposals that the box branch assigned to this object: {n}. In training, each of them crops its own target.',
  targetCaption: 'The target: the mask cropped to the proposal, 1 inside and 0 outside.',
  proposalLogitsCaption: 'The branch’s logits for the proposal: {low} … {high}.',
  lossNumbers:
    'Mean binary cross-entropy over the {n} pixels of channel “{name}”: L_mask of this RoI = {loss}. The other channels do not contribute.',
  lossNumbersSoftmax:
    'Mean cross-entropy over the {n} pixels, with “{name}” correct inside and the background outside: L_mask of this RoI = {loss}. The other channels contribute, since their probability reduces that of the correct class.',
  lossNumbersAgnostic:
    'Mean binary cross-entropy over the {n} pixels of the only channel: L_mask of this RoI = {loss}.',

  lossesTitle: 'L_rpn and L_fast_rcnn of this RoI',
  lossesA:
    'With L_mask there are five losses, as L_rpn and L_fast_rcnn both consist of a classification loss and a box loss. These are the terms of the example alone; training averages them over the sampled anchors and RoIs.',
  lossesTrue: 'The ground truth is the annotated object that the anchor, or the proposal, overlaps most.',
  lossesAsIf:
    'This picture has no annotations, so the final box and its class are used in place of the ground truth.',
  lossesPositive:
    'L_rpn, objectness: the anchor has an IoU of {overlap} and is a positive example; the binary cross-entropy of its logit, {logit}, with 1 is {loss}.',
  lossesNegative:
    'L_rpn, objectness: the anchor has an IoU of {overlap}, below {background}, and is a negative example; the binary cross-entropy of its logit, {logit}, with 0 is {loss}. It has no box loss.',
  lossesIgnored:
    'L_rpn: the anchor has an IoU of {overlap}, between {background} and {foreground}, and another one overlaps the object more, so training ignores it.',
  lossesClass: 'L_fast_rcnn, class: the score for {name} is {score}, and its negative logarithm is {loss}.',
  lossesBox:
    'Box losses compare the predicted offsets with those that lead to the ground-truth box, by smooth L1: quadratic up to a difference of 1/9, linear above.',
  lossesRpnTarget: 'L_rpn: target',
  lossesRpnPredicted: 'L_rpn: predicted',
  lossesBoxTarget: 'L_fast_rcnn: target',
  lossesBoxPredicted: 'L_fast_rcnn: predicted',
  lossesSmoothL1: 'smooth L1, sum',
  lossesSum: 'Together: L_rpn {rpn} + L_fast_rcnn {box} = {total}.',
  lossesSumMask: 'Together: L_rpn {rpn} + L_fast_rcnn {box} + L_mask {mask} = {total}.',

  s7: 'Prediction',
  s7a: 'In prediction, the mask branch receives the output boxes of the class and box branch (Fast R-CNN’s), usually one, more accurate box per object, instead of the proposals.',
  s7b: 'Its single-channel {side} × {side} mask is resized to the box, placed in the picture, and thresholded at 0.5: foreground above, background below.',
  s7c: 'This model also rescores by mask confidence: the mean probability of the mask’s pixels above 0.5 is {certainty}, and the class score is multiplied by it, from {before} to {after}.',
  s7cDropped:
    'This model also rescores by mask confidence: the mean probability of the mask’s pixels above 0.5 is {certainty}, and the class score is multiplied by it, from {before} to {after}. That is below the threshold of {threshold}, so the prediction leaves this detection out.',
  stepMask: '{side} × {side} probabilities',
  stepResized: 'Resized to the box: {width} × {height} px',
  stepThreshold: 'Above 0.5',
  stepPasted: 'In the picture: {n} px',
  boxInOriginal: 'Box in the original',

  s8: 'Appendix: RoIPool and RoIAlign',
  s8a: 'RoIPool produces a fixed size. 8 × 8 pixels divide evenly into 2 × 2 bins; 9 × 9 do not, and the bins become unequal: some cover 16 pixels, others 20 or 25.',
  s8b: 'RoIPool quantises twice: the box to whole feature pixels, and then the bins. RoIAlign quantises neither: it keeps the fractions and interpolates. RoIWarp is in between: it quantises the box and interpolates inside.',
  evenCaption: '8 × 8 → 2 × 2: every bin has 16 pixels',
  unevenCaption: '9 × 9 → 2 × 2: bins of 16, 20, 20 and 25 pixels',
  exampleTitle: 'A numerical example',
  exampleA:
    'With an 800 × 800 picture and VGG-16 at stride 32, the map is 25 × 25, and a dog’s box of 665 × 665 becomes 665 / 32 = 20.78 → 20. Divided into 7 × 7 bins: 20 / 7 = 2.86 → 2.',
  exampleB:
    'So only 14 of 20 feature pixels are used in each direction, and 6 are lost, 192 pixels of the picture (this variant drops pixels; the other one makes unequal bins).',
  exampleCaption: 'First 20.78 → 20 (dashed), then 7 bins of 2: the hatched pixels are lost.',
  realTitle: 'The RoI in this picture',
  realA:
    'This box on {level}, rounded down: x from {x1} to {x2} → {qx1} to {qx2}, y from {y1} to {y2} → {qy1} to {qy2}. Horizontally, {width} / {n} = {exactBin} → {bin} px per bin; {dropped} of {width} columns would be lost.',
  realB:
    'The corners of the quantised box are up to {off} pixels (of the resized picture) from their true positions; RoIAlign rounds nothing.',
  realHalf:
    'Like torchvision’s, this model does not apply the half-pixel correction (aligned=False), which shifts the box right and down by half a feature pixel; Detectron2 corrects this.',
  realNone:
    'With fewer pixels than bins, the variant that rounds down loses all pixels, and the other one has to reuse some.',
  roiPool: 'RoIPool as usually implemented: adjacent bins may overlap by a row or column of pixels',
  roiPoolFloor: 'RoIPool, rounded down: the hatched area is lost',
  roiWarp: 'RoIWarp: {n} × {n} bins of the rounded RoI, and sampling points',
  roiAlign: 'RoIAlign: {n} × {n} bins and sampling points',
  pooledValues: '{pooler}, {n} × {n} (maximum of each bin)',
  alignedValues: '{pooler}, {n} × {n} (mean of each bin’s samples)',
  alignedMaxima: '{pooler}, {n} × {n} (maximum of each bin’s samples)',
  bilinearTitle: 'One sampling point in numbers',
  bilinearA:
    'RoIAlign takes the value at x = {x}, y = {y}, between four feature pixels, each weighted by its proximity along both axes (bilinear interpolation): the pixel at {x0}, {y0} by (1 − {fx}) · (1 − {fy}).',
  bilinearPixel: 'Feature pixel x, y',
  bilinearValue: 'Value',
  bilinearWeight: 'Weight',
  bilinearProduct: 'Product',
  bilinearSum: 'Sum',
  bilinearMean:
    'The bin in row {row}, column {column} has {samples} such points (this is the first); their mean, {pooled}, is its value.',
  bilinearMaximum:
    'The bin in row {row}, column {column} has {samples} such points (this is the first); their maximum, {pooled}, is its value.',
  paperAlign: 'Comparison in the paper (Tables 2c and 2d, ResNet-50, COCO mask AP)',
  paperC4: 'C4, stride 16',
  paperC5: 'C5, stride 32',

  glossary: 'Glossary',
  sources: 'Implemented in ',
  footer:
    'Made by mask-rcnn {version}. Mask R-CNN: K. He, G. Gkioxari, P. Dollár, R. Girshick, ICCV 2017 (arXiv 1703.06870), the source of the comparisons.',
} as const;

/** Names of all texts. */
export type TextKey = keyof typeof english;
