import type { Outcome } from './run-study.ts';
import { type FigureName, figureNames, type Measure, type PaperRow, type Study } from './study.ts';

/** One figure over several runs. */
export interface Statistic {
  readonly mean: number;
  /** Sample standard deviation; null for a single value. */
  readonly sd: number | null;
  readonly values: readonly number[];
}

/** The results of a variant's runs, 0…1; null if none is finished. */
export interface SummaryRow {
  readonly variant: string;
  readonly paper: PaperRow | null;
  readonly seeds: readonly number[];
  /** Seeds whose runs are not finished. */
  readonly missing: readonly number[];
  readonly figures: Readonly<Partial<Record<Measure, Readonly<Record<FigureName, Statistic | null>>>>>;
}

/** `yes` or `no` if the mean is further from 0 than two standard errors. */
export type Verdict = 'yes' | 'no' | 'not clear';

/** The advantage of one variant over another, by the study's first measure. */
export interface Difference {
  readonly better: string;
  readonly worse: string;
  readonly figure: FigureName;
  /** Of the differences of runs with equal seeds, 0…1; null if no pair is finished. */
  readonly ours: Statistic | null;
  /** Percent; null if the paper does not report it. */
  readonly paper: number | null;
  /** Whether our difference has the paper's sign. */
  readonly agrees: Verdict;
}

export interface Summary {
  readonly study: string;
  readonly rows: readonly SummaryRow[];
  readonly differences: readonly Difference[];
}

/** Means and spreads over the seeds, and the differences for the paper's findings. */
export function summarise(study: Study, outcomes: readonly Outcome[]): Summary {
  const rows = study.variants.map((variant): SummaryRow => {
    const own = outcomes.filter((outcome) => outcome.variant.name === variant.name);
    const finished = own.filter(({ figures }) => figures !== null);
    const figures = study.measures.map((measure) => [
      measure,
      Object.fromEntries(
        figureNames.map((name) => [name, statistic(finished.flatMap((run) => value(run, measure, name)))]),
      ),
    ]);
    return {
      variant: variant.name,
      paper: variant.paper,
      seeds: finished.map(({ seed }) => seed),
      missing: own.filter((run) => run.figures === null).map(({ seed }) => seed),
      figures: Object.fromEntries(figures),
    };
  });
  const differences = study.expected.flatMap(([better, worse]) =>
    figureNames.map((figure) => difference(study, outcomes, { better, worse, figure })),
  );
  return { study: study.name, rows, differences };
}

/** Null for no values. */
export function statistic(values: readonly number[]): Statistic | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null, values };
}

function difference(
  study: Study,
  outcomes: readonly Outcome[],
  { better, worse, figure }: Pick<Difference, 'better' | 'worse' | 'figure'>,
): Difference {
  const [measure] = study.measures;
  const runsOf = (name: string) => outcomes.filter(({ variant }) => variant.name === name);
  const gains = runsOf(better).flatMap((run) => {
    const other = runsOf(worse).find(({ seed }) => seed === run.seed);
    const [high] = value(run, measure, figure);
    const [low] = other ? value(other, measure, figure) : [];
    return high === undefined || low === undefined ? [] : [high - low];
  });
  const published = (name: string) =>
    study.variants.find((variant) => variant.name === name)?.paper?.figures[measure]?.[figure] ?? null;
  const [high, low] = [published(better), published(worse)];
  const ours = statistic(gains);
  return {
    better,
    worse,
    figure,
    ours,
    paper: high === null || low === null ? null : high - low,
    agrees: verdict(ours),
  };
}

function verdict(ours: Statistic | null): Verdict {
  if (ours === null || ours.sd === null) return 'not clear';
  const twoErrors = (2 * ours.sd) / Math.sqrt(ours.values.length);
  if (Math.abs(ours.mean) <= twoErrors) return 'not clear';
  return ours.mean > 0 ? 'yes' : 'no';
}

/** The value as a list, empty if there is none. */
function value({ figures }: Outcome, measure: Measure, name: FigureName): number[] {
  const one = figures?.[measure]?.[name];
  return one === undefined ? [] : [one];
}
