import { arch, cpus, totalmem } from 'node:os';
import { plural } from '../src/core/plural.ts';

/**
 * The measurements of one contender: figures by name, in seconds or megabytes unless the name says otherwise.
 */
export type Figures = Readonly<Record<string, number | string | readonly number[] | null>>;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Gigabytes. */
  readonly memory: number;
  readonly platform: string;
  readonly node: string;
}

/** The outcome of one benchmark, as `npm run bench -- NAME --json` prints it. */
export interface BenchResult {
  readonly name: string;
  /** Our time divided by the peer's, medians; null if the peer is not installed. */
  readonly ratio: number | null;
  readonly ours: Figures;
  readonly peer: Figures;
  readonly machine: Machine;
  /** Further comparisons of the same run, by name. */
  readonly cases?: Readonly<Record<string, BenchCase>>;
}

export interface BenchCase {
  readonly ratio: number | null;
  readonly ours: Figures;
  readonly peer: Figures;
}

/** The machine that the benchmark runs on. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${arch()}`,
    node: process.version,
  };
}

/** The value below which `percent` of the values lie. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The result as a human-readable table. */
export function formatResult(result: BenchResult): string {
  const { machine } = result;
  const lines = [
    `${result.name} on ${machine.cpu}, ${plural(machine.cores, 'core')}, ${machine.memory} GB, Node ${machine.node}`,
  ];
  const cases = result.cases ?? { [result.name]: result };
  for (const [name, { ratio, ours, peer }] of Object.entries(cases)) {
    lines.push(
      '',
      ratio === null ? `${name}: no peer to compare with` : `${name}: ratio ${ratio.toFixed(3)}`,
    );
    const keys = [...new Set([...Object.keys(ours), ...Object.keys(peer)])];
    const width = Math.max(...keys.map((key) => key.length));
    for (const key of keys) {
      lines.push(
        `  ${key.padEnd(width)}  ours ${formatFigure(ours[key]).padStart(18)}   peer ${formatFigure(peer[key]).padStart(18)}`,
      );
    }
  }
  return lines.join('\n');
}

function formatFigure(figure: Figures[string] | undefined): string {
  if (figure === undefined || figure === null) return '—';
  if (typeof figure === 'number') return figure.toPrecision(4);
  return typeof figure === 'string' ? figure : figure.map((value) => value.toPrecision(3)).join(' ');
}
