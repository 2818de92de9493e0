import { merge } from '../src/config/merge.ts';
import { UsageError } from '../src/core/errors.ts';
import { suggestion } from '../src/core/near-names.ts';
import { baseRun, boxesOnlyChange, c4Change, keypointChange, stride32Change } from './base-run.ts';
import {
  colorCodedShapes,
  crowdedShapes,
  largeShapes,
  mixedShapes,
  smallShapes,
  stickFigures,
} from './picture-recipes.ts';
import type { Measure, PaperFigures, PaperRow, Study } from './study.ts';

/** A base run with a change that all variants of a study share. */
const changed = (change: object) => merge(baseRun, change) as object;

/** A training step of C4 takes more than twice as long as one of FPN, so its studies have shorter runs. */
const shortC4Run = changed({ ...c4Change, training: { steps: 600 } });

const figures = (AP: number, AP50: number | null = null, AP75: number | null = null): PaperFigures => ({
  AP,
  AP50,
  AP75,
});

/** A row of the paper with figures of one kind. */
const row = (label: string, measure: Measure, ...values: Parameters<typeof figures>): PaperRow => ({
  label,
  figures: { [measure]: figures(...values) },
});

/** The change to another pooler in the box and the mask branch. */
const pooler = (kind: string, mode = 'avg') => ({
  model: { box: { head: { pool: { kind, mode } } }, mask: { pool: { kind, mode } } },
});

const joints = (kind: string) => ({
  model: { box: { head: { pool: { kind } } }, keypoint: { pool: { kind } } },
});

const maskOutput = (output: string) => ({ model: { mask: { output } } });

/** The comparisons of He et al. 2017 (arXiv 1703.06870), scaled down to two CPU cores. */
export const studies: readonly Study[] = [
  {
    name: 'backbones',
    question:
      'What is the effect of a deeper backbone, and of a feature pyramid over a single map at stride 16?',
    source: 'Table 2a',
    pictures: colorCodedShapes,
    run: changed({ training: { steps: 600 } }),
    measures: ['mask', 'box'],
    variants: [
      {
        name: 'resnet18-c4',
        change: c4Change,
        paper: row('ResNet-50-C4', 'mask', 30.3, 51.2, 31.5),
      },
      {
        name: 'resnet34-c4',
        change: { ...c4Change, architecture: 'maskrcnn_resnet34_c4' },
        paper: row('ResNet-101-C4', 'mask', 32.7, 54.2, 34.3),
      },
      {
        name: 'resnet18-fpn',
        change: {},
        paper: row('ResNet-50-FPN', 'mask', 33.6, 55.2, 35.3),
      },
      {
        name: 'resnet34-fpn',
        change: { architecture: 'maskrcnn_resnet34_fpn' },
        paper: row('ResNet-101-FPN', 'mask', 35.4, 57.3, 37.5),
      },
    ],
    expected: [
      ['resnet34-c4', 'resnet18-c4'],
      ['resnet34-fpn', 'resnet18-fpn'],
      ['resnet18-fpn', 'resnet18-c4'],
      ['resnet34-fpn', 'resnet34-c4'],
    ],
  },
  {
    name: 'softmax-sigmoid',
    question: 'Is it better if the classes do not compete for the pixels of a mask?',
    source: 'Table 2b, and section 4.2 for class-agnostic masks; ResNet-50-C4',
    pictures: crowdedShapes,
    run: shortC4Run,
    measures: ['mask', 'box'],
    variants: [
      {
        name: 'softmax',
        change: maskOutput('softmax'),
        paper: row('softmax', 'mask', 24.8, 44.1, 25.1),
      },
      {
        name: 'sigmoid',
        change: maskOutput('sigmoid'),
        paper: row('sigmoid', 'mask', 30.3, 51.2, 31.5),
      },
      {
        name: 'class-agnostic',
        change: maskOutput('classAgnostic'),
        paper: row('class-agnostic', 'mask', 29.7),
      },
    ],
    expected: [
      ['sigmoid', 'softmax'],
      ['sigmoid', 'class-agnostic'],
    ],
  },
  {
    name: 'poolers',
    question: 'What is the effect of rounding when RoIs are pooled at stride 16?',
    source: 'Table 2c; ResNet-50-C4',
    pictures: smallShapes,
    run: shortC4Run,
    measures: ['mask', 'box'],
    variants: [
      {
        name: 'roipool',
        change: pooler('roiPool'),
        paper: row('RoIPool, max', 'mask', 26.9, 48.8, 26.4),
      },
      {
        name: 'roiwarp-max',
        change: pooler('roiWarp', 'max'),
        paper: row('RoIWarp, max', 'mask', 27.2, 49.2, 27.1),
      },
      {
        name: 'roiwarp-avg',
        change: pooler('roiWarp'),
        paper: row('RoIWarp, ave', 'mask', 27.1, 48.9, 27.1),
      },
      {
        name: 'roialign-max',
        change: pooler('roiAlign', 'max'),
        paper: row('RoIAlign, max', 'mask', 30.2, 51.0, 31.8),
      },
      {
        name: 'roialign-avg',
        change: pooler('roiAlign'),
        paper: row('RoIAlign, ave', 'mask', 30.3, 51.2, 31.5),
      },
    ],
    expected: [
      ['roialign-avg', 'roipool'],
      ['roialign-avg', 'roiwarp-avg'],
      ['roialign-max', 'roiwarp-max'],
    ],
  },
  {
    name: 'stride-32',
    question: 'Is the effect of rounding larger if a feature pixel is 32 pixels wide?',
    source: 'Table 2d; ResNet-50-C5',
    pictures: largeShapes,
    run: changed(stride32Change),
    measures: ['mask', 'box'],
    variants: [
      {
        name: 'roipool',
        change: pooler('roiPool'),
        paper: {
          label: 'RoIPool',
          figures: { mask: figures(23.6, 46.5, 21.6), box: figures(28.2, 52.7, 26.9) },
        },
      },
      {
        name: 'roialign',
        change: pooler('roiAlign'),
        paper: {
          label: 'RoIAlign',
          figures: { mask: figures(30.9, 51.8, 32.1), box: figures(34.0, 55.3, 36.4) },
        },
      },
    ],
    expected: [['roialign', 'roipool']],
  },
  {
    name: 'mask-head',
    question: 'Is it better if the mask branch preserves the positions of the pixels?',
    source: 'Table 2e; ResNet-50-FPN',
    pictures: mixedShapes,
    run: baseRun,
    measures: ['mask', 'box'],
    variants: [
      {
        name: 'mlp',
        change: { model: { mask: { head: 'mlp' } } },
        paper: row('MLP, two layers of 1024', 'mask', 31.5, 53.7, 32.8),
      },
      {
        name: 'fcn',
        change: { model: { mask: { head: 'fcn' } } },
        paper: row('FCN', 'mask', 33.6, 55.2, 35.3),
      },
    ],
    expected: [['fcn', 'mlp']],
  },
  {
    name: 'mask-branch',
    question: 'Does learning masks improve the boxes?',
    source: 'Table 3, COCO test-dev; ResNet-101-FPN',
    pictures: mixedShapes,
    run: baseRun,
    measures: ['box'],
    variants: [
      {
        name: 'without-masks',
        change: boxesOnlyChange,
        paper: row('Faster R-CNN, RoIAlign', 'box', 37.3, 59.6, 40.3),
      },
      {
        name: 'with-masks',
        change: {},
        paper: row('Mask R-CNN', 'box', 38.2, 60.3, 41.7),
      },
    ],
    expected: [['with-masks', 'without-masks']],
  },
  {
    name: 'keypoints',
    question: 'What is the effect of rounding on keypoints, which are points?',
    source: 'Table 6; ResNet-50-FPN',
    pictures: stickFigures,
    run: changed(keypointChange),
    measures: ['keypoint', 'box'],
    variants: [
      {
        name: 'roipool',
        change: joints('roiPool'),
        paper: row('RoIPool', 'keypoint', 59.8, 86.2, 66.7),
      },
      {
        name: 'roialign',
        change: joints('roiAlign'),
        paper: row('RoIAlign', 'keypoint', 64.2, 86.6, 69.7),
      },
    ],
    expected: [['roialign', 'roipool']],
  },
];

/** @throws UsageError that suggests similar names if there is no such study. */
export function studyNamed(name: string): Study {
  const study = studies.find((candidate) => candidate.name === name);
  if (study) return study;
  const names = studies.map((candidate) => candidate.name);
  throw new UsageError(`unknown study ${name}${suggestion(name, names)}`);
}
