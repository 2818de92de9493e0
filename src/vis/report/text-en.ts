/** The report in English. Words in braces are filled in; `text-zh.ts` has the same keys and the same words in braces. */
export const english = {
  language: 'en',
  title: 'How Mask R-CNN sees {file}',
  lede: '{model} ({backbone}, {structure}) found {count} in this picture of {width} × {height} pixels. The page follows the picture through every stage; the numbers are the model’s own, recorded while it predicted.',
  objectsNone: 'no object',
  objectsOne: '1 object',
  objectsMany: '{n} objects',
  legend: 'Colours on all pages',
  anchor: 'anchor',
  proposal: 'proposal (from the RPN)',
  finalBox: 'final box (from the class and box branch)',
  maskColour: 'mask',
  contents: 'Contents',
  noMaskBranch:
    'This model is a Faster R-CNN: it has no mask branch, so there is no mask to follow. What a Mask R-CNN does here is told in words.',
  noMaskButJoints:
    'This model is a Keypoint R-CNN: in the place of the mask branch stands one that finds {n} joints, so there is no mask to follow. What a Mask R-CNN does here is told in words.',
  noDetection:
    'Nothing in this picture scored at least {score}, so no box reached the mask branch. What would happen to one is told in words.',
  noProposal: 'The RPN proposed nothing in this picture, so there is no RoI to follow.',
  followsInstance:
    'Steps that need one RoI follow object no. {n}, a {name} with score {score}, marked in the picture.',
  followsProposal:
    'Nothing was detected, so steps that need one RoI follow the RPN’s best proposal, to show why it was not taken for an object.',
  followsChosen:
    'Steps that need one RoI follow proposal no. {n}, which was chosen; it became no instance, so its mask is what the branch would have said.',
  emptyBox: 'The box branch left nothing of this RoI inside the picture, so there is no mask to follow.',
  fateSuppressed: 'In NMS it gave way to object no. {n}, which scores more and overlaps it.',
  fateDropped: 'It scored enough, but was left out by the limit on detections or for its size.',
  fateDroppedOrRescored:
    'It scored enough, but was left out by the limit on detections, for its size, or since an uncertain mask lowered its score too far.',

  s1: 'Overall structure',
  s1a: 'Mask R-CNN is Faster R-CNN plus an FCN: beside the branch that says class and box of a region stands a second one that draws its mask.',
  s1b: 'The frame is easily extended: another branch beside these two gives the key points of people, with nothing else changed.',
  resultCaption: 'The result: class, score, box and mask of each instance.',
  resultCaptionNoMask: 'The result: class, score and box of each instance.',
  jointsToo: 'Its {n} joints are drawn as well, where they are likely to be seen.',
  number: 'No.',
  className: 'Class',
  score: 'Score',
  boxHeading: 'Box x1, y1, x2, y2 (px of the original)',
  maskPixels: 'Mask (px)',
  moreRows: '… and {n} more',

  s2: 'The flow',
  s2a: 'The backbone turns the picture into feature maps, the RPN proposes regions on them, and {pooler} brings the part of the feature map under each proposal to one size.',
  s2b: 'Then branch ① says class and box, and branch ② the mask; everything before the branches is Faster R-CNN’s.',
  flowPicture: 'Picture',
  flowBackbone: 'Backbone',
  flowBackboneFpn: 'Backbone + FPN',
  flowRpn: 'RPN',
  flowProposals: 'Proposals',
  flowShared: 'res5, shared',
  flowBox: '① Class and box branch',
  flowDetections: 'Detections',
  flowMask: '② Mask branch',
  flowAnchors: '{n} anchors',
  flowKept: '{n} boxes',

  input: 'Input',
  inputA:
    'The picture is resized so that its shorter side fits the model’s setting, its colours are normalised, and zeros fill it up on the right and below to multiples of 32.',
  inputB:
    'Each value becomes (v / 255 − mean) / std for red, green and blue; boxes are computed in the resized picture and scaled back at the end.',
  inputCaption: 'The resized picture in the network’s input; the hatched part is padding.',
  original: 'Original',
  resized: 'Resized',
  padded: 'With padding',
  scale: 'Scale x, y',
  meanStd: 'Mean; std',
  range: 'Values after normalising',

  features: 'Backbone and feature maps',
  featuresA:
    'The backbone halves the picture again and again; the feature pyramid (FPN) adds what the coarse maps understand to the fine ones, so there is a map for every size of object.',
  featuresLastTwo:
    'The backbone halves the picture again and again; the feature pyramid (FPN) is built on its last two maps, both of stride 32, so all RoIs are pooled from one map.',
  featuresC4:
    'The backbone halves the picture four times, up to its fourth stage; there is no pyramid. RPN and RoIs work on this one map, C4, and the last stage of the ResNet, res5, is left for the RoIs.',
  featuresC5:
    'The backbone halves the picture five times. There is no pyramid: RPN and RoIs work on this one map, C5, of stride 32.',
  featuresDc5:
    'The backbone halves the picture four times; its last stage keeps the size by dilated convolutions. There is no pyramid: RPN and RoIs work on this one map, C5.',
  featuresB:
    'Shown is, at each feature pixel, the mean of |activation| over the channels: what stands out from its surroundings, brighter or darker, is what the network tells apart.',
  featureCaption: '{level}: {columns} × {rows} × {channels}, stride {stride}; {low} … {high}',

  rpn: 'RPN: objectness and anchors',
  rpnA: 'At each location of each map stand anchors, boxes of the sizes and shapes listed below; a small network says how likely each holds an object (objectness) and how it should move.',
  rpnB: 'The maps show the best objectness of the anchors at each location, from dark (0) to bright (1); in the picture stand all anchors of one location of each map.',
  rpnCaption: '{level}: best {high}',
  anchorsCaption: 'The anchors of one location on each map, around the RoI that is followed.',
  level: 'Level',
  grid: 'Grid',
  stride: 'Stride',
  anchorSizes: 'Anchors (px)',
  anchorCount: 'Anchors',

  proposals: 'Proposals, before and after NMS',
  proposalsA:
    'Of each map the {perLevel} best anchors are moved and clipped to the picture; NMS drops every box that overlaps a better one of its map by an IoU above {nms}.',
  proposalsB:
    'The best {limit} of what is left are the proposals: {before} boxes went in, {after} came out. They are many for each object, and not exact.',
  beforeCaption: 'Before NMS: the {shown} best of {n}; colour is the map.',
  afterCaption: 'After NMS: the {shown} best of {n}.',
  candidates: 'Best anchors',
  afterNms: 'After NMS',
  selected: 'Proposals',

  levels: 'The level of each RoI',
  levelsA:
    'A large RoI is pooled from a coarse map, a small one from a fine map: level = ⌊4 + log₂(√area / {canonical})⌋, kept within 2 and 5.',
  levelsB:
    'The RoI that is followed is {width} × {height} px: √area = {side}, 4 + log₂({side} / {canonical}) = {exact}, so it is pooled from {level}.',
  pooledFrom: 'RoIs pooled from it',

  align: '{pooler} to one size',
  oneMap: 'All RoIs are pooled from {level}.',
  alignA: 'The proposal lies at {x1}, {y1}, {x2}, {y2} on {level} (the box divided by {stride}).',
  howRoiAlign: 'Nothing is rounded: it is cut into {n} × {n} bins of {binX} × {binY} feature pixels.',
  howRoiWarp:
    'RoIWarp rounds its corners to whole feature pixels, {qx1}, {qy1}, {qx2}, {qy2}, and cuts what is between into {n} × {n} bins of {binX} × {binY} feature pixels.',
  howRoiPool:
    'RoIPool rounds twice. First the corners, to the nearest feature pixels, which both belong to the RoI: columns {qx1} to {lastX}, rows {qy1} to {lastY}. Then the bins: {width} / {n} = {binX} columns and {height} / {n} = {binY} rows become whole ones, so neighbours may share some.',
  howRoiPoolFloor:
    'RoIPool rounds down twice. First the corners: {width} columns from {qx1}, {height} rows from {qy1}. Then the bins: {width} / {n} = {binX} → {wholeX} columns and {height} / {n} = {binY} → {wholeY} rows each, so {droppedX} columns and {droppedY} rows are lost.',
  takesMean:
    'In each bin {across} × {down} points are sampled by bilinear interpolation, and their mean is the bin’s value; the appendix sets the ways of pooling beside each other.',
  takesLargestSample:
    'In each bin {across} × {down} points are sampled by bilinear interpolation, and the largest is the bin’s value; the appendix sets the ways of pooling beside each other.',
  takesLargest:
    'The largest feature pixel of a bin is its value, 0 where a bin has none; the appendix sets the ways of pooling beside each other.',
  alignCaption: 'Channel {channel} of {level} around the proposal: bins and sampling points.',
  binsCaption: 'Channel {channel} of {level} around the proposal (dashed): whole feature pixels, and bins.',
  alignedCaption: 'After {pooler}: {n} × {n} of the same channel.',

  branch: 'Branch ①: class and box',
  branchA:
    'From {n} × {n} × {channels} numbers the branch gives a score for each class, the background included, and for each class its own correction of the box.',
  branchRes5:
    'First res5, the last stage of the ResNet, makes {side} × {side} × {channels} of them; the mean over these pixels goes to the two predictors.',
  branchShared: 'The mask branch has the same stage, with the same weights.',
  branchB:
    'Here it says {name} with {score}, and moves the proposal by dx = {dx}, dy = {dy}, dw = {dw}, dh = {dh} (divided by {wx}, {wy}, {ww}, {wh}); before and after overlap by an IoU of {iou}.',
  branchBackground:
    'Here it says background with {background}: {name} has only {score}, below the threshold of {threshold}, so this proposal is not taken for an object.',
  scoresCaption: 'Class scores of this proposal; they add up to 1.',
  refineCaption: 'Anchor (dashed) → proposal → final box.',
  nmsNote:
    'On the whole picture {candidates} pairs of proposal and class scored above {score}; NMS within the class (IoU {nms}) left {kept}.',
  nmsNoteSmaller:
    'On the whole picture {candidates} pairs of proposal and class scored above {score}; NMS within the class (more than {nms} of the smaller box covered) left {kept}.',
  rivals: 'Other proposals that gave way to this one, for this object: {n}.',
  background: 'background',
  otherClasses: '{n} others together',
  anchorBox: 'Anchor',
  anchorLogit: 'Objectness logit → probability',
  anchorDeltas: 'RPN deltas dx, dy, dw, dh',
  proposalBox: 'Proposal',
  refinedBox: 'Final box',
  proposalRank: 'Rank among the proposals',

  s3: 'The mask branch',
  s3Fcn:
    'The mask branch is an FCN: {pooler} to {n} × {n}, convolutions, and a transposed convolution that doubles the size, up to {side} × {side}.',
  s3Mlp:
    'The mask branch of this model is no FCN but fully connected layers: {pooler} to {n} × {n}, all numbers into one list, {layers} units in each layer, and as many outputs as the masks have pixels, {side} × {side}.',
  s3FcnShared:
    'The mask branch is an FCN: {pooler} to {n} × {n}, the convolutions of res5, the last stage of the ResNet, which the class and box branch reads too ({half} × {half} × {channels}), and a transposed convolution that doubles this to {side} × {side}.',
  s3MlpShared:
    'The mask branch of this model is no FCN: {pooler} to {n} × {n}, res5, the last stage of the ResNet, which the class and box branch reads too ({half} × {half} × {channels}), and then fully connected layers of {layers} units, with as many outputs as the masks have pixels, {side} × {side}.',
  outputsSigmoid: 'It has one such mask for each class, the background not counted.',
  outputsSoftmax: 'It has one such map for each class and one for the background.',
  outputsAgnostic: 'It has one such mask, for whatever class it is.',
  s3b: 'It keeps the position of every pixel, where fully connected layers would forget it: the paper measures 31.5 AP with fully connected layers and 33.6 with an FCN.',
  s3bMlp:
    'They forget the position of every pixel, which an FCN keeps: the paper measures 31.5 AP with fully connected layers and 33.6 with an FCN.',
  convolutions: 'convolutions 3×3',
  fullyConnected: 'fully connected',
  deconvolution: 'transposed convolution 2×2',
  output: 'output',
  maskAlignCaption: 'The final box on {level}: {n} × {n} bins. It is pooled anew for the mask branch.',
  maskAlignedCaption: 'After {pooler}: {n} × {n}.',
  maskLogitsCaption: 'Output for {name}: logits {low} … {high}.',

  keypoints: 'The keypoint branch',
  keypointsA:
    'The branch for key points gets the same boxes and gives a heat map for each of {n} joints: a mask of which one pixel alone is right.',
  keypointsB:
    'Training takes a softmax across all pixels of a map, as one of them is the joint, so here the pixels compete. To predict, the map is scaled to the box, and its highest value is the joint (circle).',
  keypointsCaption: '{name}: {score}',
  keypointsScores:
    'In these maps of {side} × {side} the highest logit is bright, and what lies {depth} or more below it dark; the number is the logit at the joint.',

  s4: 'The novelty: decoupling',
  s4a: 'FCN scores all classes at each pixel with a softmax: a high score suppresses the others, the classes compete (coupling), and segmentation suffers.',
  s4b: 'Here the box branch has already said which class it is, so the mask of that class alone is taken, each pixel through a sigmoid, with no competition: that is the decoupling of class and mask.',
  s4Softmax:
    'This model is coupled like that: a softmax divides each pixel among the classes and the background, and the mask is the share of the class that the box branch named. Decoupled, that class alone would be taken, each pixel through a sigmoid, with no competition.',
  s4Agnostic:
    'This model decouples class and mask altogether: the box branch says the class, and the mask branch draws one mask for whatever it is, each pixel through a sigmoid. The paper measures 29.7 AP with such masks, 30.3 with one for each class (ResNet-50-C4).',
  chosenLogits: '{name} (taken): {low} … {high}',
  onlyLogits: 'The one channel: {low} … {high}',
  otherLogits: '{name}: {low} … {high}',
  sigmoidCaption: 'Sigmoid of the taken channel: {n} of {all} pixels above 0.5.',
  softmaxCaption: 'A softmax across {classes} classes: {n} of {all} pixels above 0.5.',
  softmaxOfOne: 'A softmax across the one class there is: {n} of {all} pixels above 0.5.',
  softmaxTaken:
    'Softmax over the background and {classes} classes, the share of the taken one: {n} of {all} pixels above 0.5.',
  sigmoidOtherwise: 'Sigmoid of that channel alone: {n} of {all} pixels above 0.5.',
  oneClass:
    'This model knows one class, so a softmax across classes would give 1 everywhere and no mask at all: with one class only the sigmoid can draw. With several, the sum of all classes would have to be 1 at each pixel.',
  manyClasses:
    'The other channels were never trained on objects of this class, so what they say here means nothing; a softmax would let it take pixels away.',
  coupledClasses:
    'All channels were trained against each other, so each counts: where the others together say more, the pixel is lost. The sigmoid ignores them, and this model was not trained for it.',
  backgroundChannel:
    'The file holds a channel for the background too; it is neither trained nor read, and left out here.',
  paperSigmoid: 'The paper’s comparison (Table 2b, ResNet-50-C4, COCO mask AP)',
  softmax: 'softmax',
  sigmoid: 'sigmoid',

  s5: 'Two structures of the heads',
  s5a: 'Structure 1, for a ResNet without FPN, has one RoI layer on C4, shared by both branches; structure 2, with FPN, gives each branch its own, so that the mask keeps more detail.',
  ownFpn: 'This model has structure 2: {box} × {box} for class and box.',
  ownLastTwo:
    'This model has structure 2, on the last two maps of the backbone, both of stride 32: {box} × {box} for class and box.',
  ownC4:
    'This model has structure 1: RoIs of {box} × {box} from C4, of which res5 makes {shared} × {shared}. The paper’s figure begins with 7 × 7 and lets res5 keep the size, which it says is for simplicity.',
  ownC5:
    'This model is between the two: one map without a pyramid, C5 of stride 32, and heads as in structure 2, {box} × {box} for class and box.',
  ownDc5:
    'This model is between the two: one map without a pyramid, C5 kept at stride 16 by dilation, and heads as in structure 2, {box} × {box} for class and box.',
  ownMask: 'The mask branch pools its own RoIs, {mask} × {mask}.',
  ownMaskShared: 'Both branches read what res5 makes of their RoIs.',
  ownNoMask: 'It has no mask branch.',
  s5c: 'FPN helps small objects: in the paper, 30.3 AP without and 33.6 with it (ResNet-50).',
  s5Figure:
    'The diagrams are the paper’s, with ResNet-50 and 80 classes; this model’s own sizes stand in the diagrams of section 2.',
  structureC4: 'Structure 1: C4',
  structureFpn: 'Structure 2: FPN',
  own: '(this model)',
  average: 'average',
  classBox: 'class, box',
  maskWord: 'mask',

  s6: 'The loss',
  s6a: 'L = L_rpn + L_fast_rcnn + L_mask. For L_mask, the ground-truth class picks one channel of the {side} × {side} logits, the true mask is cropped by the proposal and scaled to {side} × {side}, and cross-entropy compares them pixel by pixel.',
  s6Softmax:
    'L = L_rpn + L_fast_rcnn + L_mask. For L_mask, the true mask is cropped by the proposal and scaled to {side} × {side}, and the cross-entropy of a softmax compares it with the {side} × {side} logits of all classes: inside, the ground-truth class should have each pixel, outside, the background.',
  s6Agnostic:
    'L = L_rpn + L_fast_rcnn + L_mask. For L_mask, the true mask is cropped by the proposal and scaled to {side} × {side}, and cross-entropy compares it pixel by pixel with the one channel of {side} × {side} logits, whatever the class.',
  s6b: 'In training the proposals come from the RPN: they are imprecise and many for one object, like random crops, which enlarges the data.',
  lossAsIf:
    'A picture without annotations has no truth, so the predicted mask stands in for it here: these are the numbers that training would compute if it were the true one.',
  lossTrue:
    'The annotations of this picture are given: this proposal overlaps a true object by an IoU of {overlap}, at least {foreground}, so it trains the mask branch with that object’s mask.',
  lossUnmatched:
    'The annotations of this picture are given, but this proposal overlaps no true object by an IoU of {foreground} ({overlap}), so it has no mask target; below, the predicted mask stands in for one.',
  sampled:
    'Of the proposals and the true boxes ({objects}), training samples up to {batch}: those with an IoU of at least {foreground} to a true box are objects, at most {fraction} of the sample, the others background. Here it takes {positives} objects and {negatives} of background.',
  sampledCaption: 'Sampled: objects (orange) and background (thin, grey); the true boxes are dashed.',
  cropsCaption:
    'Proposals that the box branch took for this object: {n}. In training each would crop its own target.',
  targetCaption: 'The target: the mask cropped by the proposal, 1 inside, 0 outside.',
  proposalLogitsCaption: 'The branch’s logits for the proposal: {low} … {high}.',
  lossNumbers:
    'Mean binary cross-entropy over the {n} pixels of the channel “{name}”: L_mask of this RoI = {loss}. The other channels add nothing.',
  lossNumbersSoftmax:
    'Mean cross-entropy over the {n} pixels, “{name}” being right inside and the background outside: L_mask of this RoI = {loss}. The other channels take part, for what they have of a pixel is missing there.',
  lossNumbersAgnostic:
    'Mean binary cross-entropy over the {n} pixels of the one channel: L_mask of this RoI = {loss}.',

  s7: 'Prediction',
  s7a: 'Now the mask branch gets the boxes of the Fast R-CNN branch, one accurate box for an object, not the proposals.',
  s7b: 'Its {side} × {side} mask of one channel is scaled to the box, put at its place in the picture, and thresholded at 0.5: foreground above, background below.',
  s7c: 'This model also asks the mask how certain it is: its pixels above 0.5 have {certainty} on average, by which the class score is multiplied, {before} to {after}.',
  stepMask: '{side} × {side} probabilities',
  stepResized: 'Scaled to the box: {width} × {height} px',
  stepThreshold: 'Above 0.5',
  stepPasted: 'In the picture: {n} px',
  boxInOriginal: 'Box in the original',

  s8: 'Appendix: RoIPool and RoIAlign',
  s8a: 'RoIPool’s purpose is one size for all. 8 × 8 pixels into 2 × 2 bins divide evenly; 9 × 9 do not, and the bins become unequal: one cell stands for 16 pixels, another for 20 or 25.',
  s8b: 'RoIPool quantises twice, the box to whole feature pixels and the bins again. RoIAlign quantises neither: it keeps the fractions and interpolates. RoIWarp stands between them: it quantises the box, and interpolates inside.',
  evenCaption: '8 × 8 → 2 × 2: every cell 16 pixels',
  unevenCaption: '9 × 9 → 2 × 2: cells of 16, 20, 20 and 25 pixels',
  exampleTitle: 'In round numbers',
  exampleA:
    'A picture of 800 × 800, VGG-16 with stride 32: the map is 25 × 25, and a dog’s box of 665 × 665 becomes 665 / 32 = 20.78 → 20. Into 7 × 7 bins: 20 / 7 = 2.86 → 2.',
  exampleB:
    'So 14 of 20 feature pixels are used in each direction and 6 are dropped, 192 pixels of the picture (this form drops; the other makes unequal bins).',
  exampleCaption: 'First 20.78 → 20 (dashed), then 7 bins of 2: the hatched pixels are lost.',
  realTitle: 'The RoI of this picture',
  realA:
    'This box on {level}, rounded down: x from {x1} to {x2} → {qx1} to {qx2}, y from {y1} to {y2} → {qy1} to {qy2}. {width} / {n} = {exactBin} → {bin} px for a bin across; {dropped} of {width} columns would be dropped.',
  realB:
    'The quantised box’s corners lie up to {off} pixels of the resized picture away from where they should; RoIAlign rounds none of them.',
  realHalf:
    'This model counts positions from the pixels’ centres without correcting for it, as torchvision does: that moves its box half a feature pixel to the right and down, which Detectron2 corrects.',
  realNone:
    'With fewer pixels than bins, the form that rounds down has nothing left at all, and the other must use pixels twice.',
  roiPool: 'RoIPool as implemented: neighbouring bins may share a strip of pixels',
  roiPoolFloor: 'RoIPool, rounded down: hatched is lost',
  roiWarp: 'RoIWarp: the RoI rounded, then {n} × {n} bins and sampling points',
  roiAlign: 'RoIAlign: {n} × {n} bins, sampling points',
  pooledValues: '{pooler}’s {n} × {n} (largest value of each bin)',
  alignedValues: '{pooler}’s {n} × {n} (mean of each bin’s samples)',
  alignedMaxima: '{pooler}’s {n} × {n} (largest of each bin’s samples)',
  paperAlign: 'The paper’s comparison (Table 2c and 2d, ResNet-50, COCO mask AP)',
  paperC4: 'C4, stride 16',
  paperC5: 'C5, stride 32',

  footer:
    'Made by mask-rcnn {version}. Mask R-CNN: K. He, G. Gkioxari, P. Dollár, R. Girshick, ICCV 2017 (arXiv 1703.06870), from which the comparisons come.',
} as const;

/** Names of all texts. */
export type TextKey = keyof typeof english;
