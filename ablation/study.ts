import type { PictureSetRecipe } from './recipe.ts';

/** The kind of average precision. */
export type Measure = 'box' | 'mask' | 'keypoint';

export const figureNames = ['AP', 'AP50', 'AP75'] as const;
export type FigureName = (typeof figureNames)[number];

/** Published figures in percent; null if unpublished. */
export type PaperFigures = Readonly<Record<FigureName, number | null>>;

/** A row of a published table. */
export interface PaperRow {
  /** The paper's name for it. */
  readonly label: string;
  readonly figures: Readonly<Partial<Record<Measure, PaperFigures>>>;
}

export interface Variant {
  /** Name of its folder and in tables. */
  readonly name: string;
  /** Its change to the study's run: a partial input of `mask-rcnn train --config`. */
  readonly change: object;
  readonly paper: PaperRow | null;
}

/** Variants that are trained with equal seeds, budgets and pictures, with the paper's results for them. */
export interface Study {
  readonly name: string;
  /** The question that it answers, in one sentence. */
  readonly question: string;
  /** Table of He et al. 2017, and the model used there. */
  readonly source: string;
  readonly pictures: PictureSetRecipe;
  /** The run that all variants share, without pictures and seed. */
  readonly run: object;
  /** The measures in the table; the first is the one that the paper compares. */
  readonly measures: readonly Measure[];
  readonly variants: readonly Variant[];
  /** Pairs of variants of which the paper found the first to be better. */
  readonly expected: readonly (readonly [better: string, worse: string])[];
}
