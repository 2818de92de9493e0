/**
 * Named values of one step, counted from 0. Names with a slash are grouped by their first part: `loss/mask`,
 * `validation/mask AP`.
 */
export interface Metrics {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}
