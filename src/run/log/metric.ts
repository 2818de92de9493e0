/** Named numbers of one step; names with a slash are grouped by what is before it: `loss/mask`, `validation/mask AP`. */
export interface Metrics {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}
