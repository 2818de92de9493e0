/**
 * Named values of one step, counted from 0. Names with a slash are grouped by their first part: `loss/mask`,
 * `validation/mask AP`.
 */
export interface Metrics {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The names of metrics, or what they start with where they end with a slash. */
export const metricNames = {
  losses: 'loss/',
  totalLoss: 'loss/total',
  validation: 'validation/',
  learningRate: 'learningRate',
  gradientNorm: 'gradientNorm',
  picturesPerSecond: 'picturesPerSecond',
} as const;
