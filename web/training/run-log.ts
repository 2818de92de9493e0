import type { MetricsLine, RunPlan } from '../product.ts';

export interface Point {
  step: number;
  value: number;
}

/** The curves of a run: name → points by ascending step. */
export type Curves = ReadonlyMap<string, readonly Point[]>;

/** Adds lines to curves. A repeated step, as after a resume, replaces the points from that step on. */
export function addLines(curves: Curves, lines: readonly MetricsLine[]): Curves {
  const grown = new Map<string, Point[]>();
  const own = (name: string): Point[] => {
    const points = grown.get(name) ?? [...(curves.get(name) ?? [])];
    grown.set(name, points);
    return points;
  };
  for (const { step, ...values } of lines) {
    for (const [name, value] of Object.entries(values)) {
      const points = own(name);
      while (points.length > 0 && points[points.length - 1].step >= step) points.pop();
      if (Number.isFinite(value)) points.push({ step, value });
    }
  }
  return new Map([...curves, ...grown]);
}

export interface Summary {
  /** Completed steps. */
  done: number;
  picturesPerSecond: number | null;
  learningRate: number | null;
  /** Mean total loss of the last steps. */
  loss: number | null;
  /** The best validation result so far, 0…1. */
  best: Point | null;
  /** The measure of `best`: `AP`, or `mean IoU` for FCN. */
  measure: string;
  /** Estimated seconds of training left, not counting validation; null if unknown. */
  secondsLeft: number | null;
}

/** Number of steps that current values are averaged over. */
const recent = 50;

/** Summarises the curves. */
export function summarise(curves: Curves, plan: RunPlan | null): Summary {
  const speed = meanOfLast(curves.get('picturesPerSecond'));
  const trained = curves.get('loss/total') ?? curves.get('picturesPerSecond') ?? [];
  const done = trained.length > 0 ? trained[trained.length - 1].step + 1 : 0;
  const deciding = decidingMetric(curves);
  const left = plan && speed ? (Math.max(0, plan.steps - done) * plan.picturesPerStep) / speed : null;
  return {
    done,
    picturesPerSecond: speed,
    learningRate: curves.get('learningRate')?.at(-1)?.value ?? null,
    loss: meanOfLast(curves.get('loss/total')),
    best: bestOf(curves.get(deciding) ?? []),
    measure: deciding.endsWith('mean IoU') ? 'mean IoU' : 'AP',
    secondsLeft: left,
  };
}

/** The metric that decides which model is the best: the last AP that the run writes, or FCN's mean IoU. */
function decidingMetric(curves: Curves): string {
  const metrics = [...curves.keys()].filter((name) => /^validation\/(\w+ AP|mean IoU)$/.test(name));
  return metrics.at(-1) ?? '';
}

function meanOfLast(points: readonly Point[] = []): number | null {
  const last = points.slice(-recent);
  if (last.length === 0) return null;
  return last.reduce((sum, { value }) => sum + value, 0) / last.length;
}

function bestOf(points: readonly Point[]): Point | null {
  return points.reduce<Point | null>(
    (best, point) => (best && best.value >= point.value ? best : point),
    null,
  );
}

/** Moving average over 1/50 of the run, as in the run's report. */
export function smooth(points: readonly Point[]): Point[] {
  const window = Math.max(1, Math.floor(points.length / 50));
  let sum = 0;
  return points.map(({ step, value }, i) => {
    sum += value - (i >= window ? points[i - window].value : 0);
    return { step, value: sum / Math.min(window, i + 1) };
  });
}
