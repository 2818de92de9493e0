import type { PictureSetRecipe } from './recipe.ts';

/** What average precision is of. */
export type Measure = 'box' | 'mask' | 'keypoint';

export const figureNames = ['AP', 'AP50', 'AP75'] as const;
export type FigureName = (typeof figureNames)[number];

/** Published figures in percent; null where none was published. */
export type PaperFigures = Readonly<Record<FigureName, number | null>>;

/** A row of a published table. */
export interface PaperRow {
  /** How the paper calls it. */
  readonly label: string;
  readonly figures: Readonly<Partial<Record<Measure, PaperFigures>>>;
}

export interface Variant {
  /** Of its folder and in tables. */
  readonly name: string;
  /** What it changes of the study's run: a part of what `mask-rcnn train --config` reads. */
  readonly change: object;
  readonly paper: PaperRow | null;
}

/** Variants that are trained with equal seeds, budgets and pictures, and what the paper says of them. */
export interface Study {
  readonly name: string;
  /** What it asks, in one sentence. */
  readonly question: string;
  /** Table of He et al. 2017, and the model it was made with. */
  readonly source: string;
  readonly pictures: PictureSetRecipe;
  /** What all variants have in common: a run, without pictures and seed. */
  readonly run: object;
  /** Which figures the table has; the first is the one that the paper compares. */
  readonly measures: readonly Measure[];
  readonly variants: readonly Variant[];
  /** Pairs of variants of which the paper found the first the better. */
  readonly expected: readonly (readonly [better: string, worse: string])[];
}
