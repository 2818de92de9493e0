import { type FigureName, figureNames, type Measure, type Study } from './study.ts';
import type { Difference, Statistic, Summary, SummaryRow } from './summary.ts';

/** How the runs of a table were trained. */
export interface Budget {
  /** The distinct numbers of updates of the started runs. */
  readonly steps: readonly number[];
  readonly seeds: readonly number[];
}

/** A study as Markdown: our results next to the paper's, the missing runs, and whether the directions agree. */
export function markdown(study: Study, summary: Summary, budget: Budget): string {
  const parts = [
    `# ${study.name}`,
    study.question,
    `He et al. 2017, ${study.source}. All values in percent; ours are means ± standard deviations over seeds. They are ` +
      'comparable with each other but not with the paper’s, which has different pictures, sizes and budgets.',
    budgetLine(study, budget),
    figureTable(study, summary),
    missingLine(summary, budget),
    '## Differences',
    `By ${study.measures[0]} AP, between runs with equal seeds. A direction is clear if the mean is more than two ` +
      'standard errors from 0.',
    differenceTable(summary),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function budgetLine(study: Study, { steps, seeds }: Budget): string {
  const { training } = study.run as { training: { batchSize: number } };
  const { name, side, pictures } = study.pictures;
  const length = `${steps.join(' or ') || 'no'} steps${steps.length > 1 ? ' (not comparable)' : ''}`;
  return (
    `Each run: ${length} of ${training.batchSize} pictures, trained from scratch; \`${name}\`, ` +
    `${pictures.train} pictures of ${side}×${side} for training, ${pictures.validation} for validation. ` +
    `Seeds ${seeds.join(', ')}.`
  );
}

function figureTable({ measures }: Study, { rows }: Summary): string {
  const heads = measures.flatMap(headsOf);
  const published = measures.filter((measure) => rows.some(({ paper }) => paper?.figures[measure]));
  const paperHeads = published.flatMap(headsOf).map((head) => `its ${head}`);
  return table(
    ['variant', ...heads, 'runs', 'in the paper', ...paperHeads],
    rows.map((row) => [
      row.variant,
      ...measures.flatMap((measure) => figureNames.map((name) => spread(row.figures[measure]?.[name]))),
      String(row.seeds.length),
      row.paper?.label ?? '–',
      ...published.flatMap((measure) => figureNames.map((name) => publishedFigure(row, measure, name))),
    ]),
  );
}

const headsOf = (measure: Measure): string[] => [`${measure} AP`, 'AP50', 'AP75'];

function publishedFigure({ paper }: SummaryRow, measure: Measure, name: FigureName): string {
  return paper?.figures[measure]?.[name]?.toFixed(1) ?? '–';
}

function missingLine({ rows }: Summary, { seeds }: Budget): string {
  const lacking = rows.filter(({ missing }) => missing.length > 0);
  if (lacking.length === 0) return '';
  const list = lacking.map(({ variant, missing }) => {
    return missing.length === seeds.length ? `${variant} (all)` : `${variant} (seed ${missing.join(', ')})`;
  });
  return `**Not finished:** ${list.join('; ')}.`;
}

function differenceTable({ differences }: Summary): string {
  return table(
    ['expected', 'metric', 'ours', 'in the paper', 'same direction'],
    differences.map(({ better, worse, figure, ours, paper, agrees }: Difference) => [
      `${better} > ${worse}`,
      figure,
      spread(ours, signed),
      paper === null ? '–' : signed(paper),
      ours === null ? '–' : agrees,
    ]),
  );
}

function spread(
  statistic: Statistic | null | undefined,
  format = (percent: number) => percent.toFixed(1),
): string {
  if (!statistic) return '–';
  const { mean, sd } = statistic;
  return sd === null ? format(100 * mean) : `${format(100 * mean)} ± ${(100 * sd).toFixed(1)}`;
}

const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)}`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
