/** The error report in English. Words in braces are filled in; `text-zh.ts` has the same keys and the same words in braces. */
export const errorEnglish = {
  language: 'en',
  title: 'Error analysis of {model}',
  titleCompared: '{a} and {b} compared',
  lede: '{pictures} pictures with {objects} objects ({data}). A detection is correct if its {shape} has IoU {iou} or more with an object of its class. Pictures and counts are of the detections that score {score} or more.',
  shapeMask: 'mask',
  shapeBox: 'box',
  contents: 'Contents',
  modelA: 'Model A: {name}',
  modelB: 'Model B: {name}',
  footer: 'Written by mask-rcnn {version}.',
  beyondMax:
    '{n} of the pictures have more objects than the {most} detections that count, so not all of them can be found. Evaluate with a higher limit: --max-dets 1,10,400.',

  verdictNone: 'No kind of error costs any average precision.',
  verdictClass: 'Costliest error: wrong classes. Objects are found but given the wrong name.',
  verdictLocation:
    'Costliest error: inaccurate positions. Objects are found, but the {shapes} fit them badly.',
  verdictBoth: 'Costliest error: detections with the wrong class and an inaccurate position at once.',
  verdictDuplicate: 'Costliest error: duplicates. The same object is detected more than once.',
  verdictBackground: 'Costliest error: detections where there is no object.',
  verdictMissed: 'Costliest error: missed objects, which no detection comes near.',
  verdictLoose:
    'Costliest error: inaccurate positions. Objects are found, but the {shapes} fit them too loosely for higher IoU thresholds.',
  shapesMasks: 'masks',
  shapesBoxes: 'boxes',
  verdictCost: 'Without it, AP at IoU {iou} would rise from {ap} to {without}.',
  verdictTideAp:
    'TIDE counts a class that is detected but has no object as AP 0; the tables leave it out, so their AP is higher.',
  verdictLooseCost: 'AP is {half} at IoU 0.5, but only {ap} as the mean over all thresholds.',
  verdictConfused: 'Most often {truth} is taken for {predicted} ({n} times).',
  verdictSize: 'Most of them are {size}: {missed} of the {objects} {size} objects are missed.',
  adviceClass:
    'To improve: check the labels of the confused classes, and add training pictures in which they differ.',
  adviceLocation:
    'To improve: check the annotated outlines, train longer or with larger pictures (preprocess.minSize).',
  adviceBoth: 'To improve: check the annotations, and train longer or with more pictures.',
  adviceDuplicate: 'To improve: lower box.nmsThreshold, so that overlapping detections suppress each other.',
  adviceBackground:
    'To improve: check that all objects are annotated, add pictures without objects, or raise the score threshold.',
  adviceMissed:
    'To improve: lower the score threshold, enlarge the pictures (preprocess.minSize), or add training pictures with such objects.',

  sMetrics: 'Average precision',
  metricsText:
    'AP is the mean precision over all recalls, IoU thresholds and classes. The interval contains the AP of 95 % of {n} bootstrap samples of the pictures: with other pictures of the same kind, expect a value in this range.',
  metric: 'Metric',
  value: 'Value',
  interval: '95 % interval',
  apMean: 'AP (mean over IoU thresholds)',
  apAt: 'AP at IoU {iou}',
  apOfSize: 'AP of {size} objects',
  arWith: 'AR, detections per picture and class: {n}',

  sErrors: 'What each kind of error costs',
  errorsText:
    'TIDE gives every false detection one of five kinds of error; the sixth is a missed object. The cost is the gain in AP at IoU {iou} if this kind alone were corrected, so costs do not add up.',
  errorKind: 'Error',
  errorMeaning: 'Meaning',
  errorCount: 'Count',
  errorCost: 'Cost in AP',
  kindClass: 'Wrong class',
  kindLocation: 'Inaccurate position',
  kindBoth: 'Both',
  kindDuplicate: 'Duplicate',
  kindBackground: 'Nothing there',
  kindMissed: 'Missed',
  meansClass: 'IoU {iou} or more with an object of another class',
  meansLocation: 'IoU {background} to {iou} with an object of its class',
  meansBoth: 'IoU {background} to {iou} with an object of another class',
  meansDuplicate: 'its object is already found by a detection with a higher score',
  meansBackground: 'IoU below {background} with every object',
  meansMissed: 'object that no detection of these kinds would find if corrected',
  allFalsePositives: 'All false detections together cost {fp}, all objects that are not found {fn}.',

  sThreshold: 'Which score threshold to use',
  thresholdText:
    'A higher threshold shows fewer false detections (precision) and finds fewer objects (recall). F1, their harmonic mean, is greatest at {best}. eval --write-threshold stores this as the model’s default.',
  thresholdNone: 'No object is found at any threshold.',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  threshold: 'Score threshold',
  thresholdCaption:
    'All classes together. Vertical lines: the threshold of this report ({current}) and the best ({best}).',
  atCurrent: 'At {threshold}, as in this report',
  atBest: 'At {threshold}, the best',

  sClasses: 'Classes',
  classesText: 'By ascending AP. The best threshold is the one with the greatest F1 of the class.',
  className: 'Class',
  objects: 'Objects',
  bestThreshold: 'Best threshold',
  bestF1: 'F1 there',
  currentF1: 'F1 at {threshold}',

  sConfusion: 'Confusion matrix',
  confusionText:
    'Rows are the true classes, columns the detected ones, of detections that score {score} or more and have IoU {iou} or more with the object. Each object and each detection counts once; pairs of equal class go first.',
  confusionPart: 'The matrix has the {n} classes with the most errors.',
  confusionOne: 'With a single class, only missed objects and detections without an object are errors.',
  nothing: 'no object',
  missed: 'missed',
  truthAndPrediction: 'True ↓, detected →',
  confusedPairs: 'Most frequent confusions',
  confusedTruth: 'True class',
  confusedPredicted: 'Detected as',
  times: 'Count',

  sCalibration: 'Can scores be trusted?',
  calibrationText:
    'Of the detections that score about 0.8, about 80 % should be correct: points on the dashed line. Points below it are scores that are too high. The mean distance from the line, weighted by detections, is {error} (expected calibration error).',
  calibrationNone: 'There are no detections with scores from 0 to 1.',
  calibrationCaption: 'Bars: share of the detections in each interval of scores.',
  score: 'Score',
  fractionCorrect: 'Fraction correct',

  sSizes: 'By size and crowding',
  sizesText:
    'Sizes are areas in pixels of the original pictures (COCO: small below 32², large above 96²). The crowding table has the AP of the pictures with that many objects.',
  size: 'Size',
  sizeSmall: 'small',
  sizeMedium: 'medium',
  sizeLarge: 'large',
  missedObjects: 'Missed',
  crowding: 'Objects in the picture',
  groupRange: '{from}–{to}',
  groupFrom: '{from} or more',
  picturesHeading: 'Pictures',

  sWorst: 'The worst pictures',
  worstText:
    'The pictures with the lowest F1 at the score threshold, annotations beside detections. Point at an outline for its class and score.',
  worstNone: 'No picture has an error at this score threshold.',
  worstOne:
    'F1 {f1}: {correct} correct, {confused} of the wrong class, {unfounded} without an object, {missed} missed',
  truth: 'Annotated',
  detected: 'Detected',
  detectedBy: 'Detected by {name}',
  noPicture: 'The picture itself is not available; eval, and coco-eval with --images, show it.',
  found: 'found, correct',

  sComparison: 'Which one is better?',
  comparisonBetter:
    '{better} is better: the 95 % interval of the difference in AP, {low} to {high}, does not contain 0.',
  comparisonOpen:
    'The pictures do not show which one is better: the 95 % interval of the difference in AP, {low} to {high}, contains 0.',
  comparisonText:
    'Both were measured on the same {n} bootstrap samples of the pictures; B has the higher AP in {share} % of them.',
  comparisonNone: 'There is no object to compare them on.',
  difference: 'B − A',
  foundText:
    'Objects found at the score threshold of each (A {scoreA}, B {scoreB}): {both} by both, {onlyA} only by A, {onlyB} only by B, {neither} by neither.',
  onlyA: 'Only A',
  onlyB: 'Only B',
  both: 'Both',
  neither: 'Neither',
  costA: 'Cost in A',
  costB: 'Cost in B',
  differing: 'Pictures in which they differ most',
  differingOne: 'only A finds {onlyA}, only B {onlyB}',
};

export type ErrorTextKey = keyof typeof errorEnglish;
