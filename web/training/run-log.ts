import { type CurvePoint, type MetricsLine, metricNames, type RunPlan } from '../product.ts';

/** The curves of a run: name → points by ascending step. */
export type Curves = ReadonlyMap<string, readonly CurvePoint[]>;

/** Adds lines to curves. A repeated step, as after a resume, replaces the points from that step on. */
export function addLines(curves: Curves, lines: readonly MetricsLine[]): Curves {
  const grown = new Map<string, CurvePoint[]>();
  const own = (name: string): CurvePoint[] => {
    const points = grown.get(name) ?? [...(curves.get(name) ?? [])];
    grown.set(name, points);
    return points;
  };
  // The log counts from 0.
  for (const { step: index, ...values } of lines) {
    const step = index + 1;
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
  best: CurvePoint | null;
  /** The measure of `best`: `mask AP`, `box AP`, `keypoint AP`, or `mean IoU` for FCN; null before a validation. */
  measure: string | null;
  /** Whether every planned step has been done. */
  isFinished: boolean;
  /** Estimated seconds of training left, not counting validation; null if unknown. */
  secondsLeft: number | null;
}

/** Number of steps that current values are averaged over. */
const recent = 50;

/** Summarises the curves. */
export function summarise(curves: Curves, plan: RunPlan | null): Summary {
  const speed = meanOfLast(curves.get(metricNames.picturesPerSecond));
  const trained = curves.get(metricNames.totalLoss) ?? curves.get(metricNames.picturesPerSecond) ?? [];
  const done = trained.length > 0 ? trained[trained.length - 1].step : 0;
  const deciding = decidingMetric(curves);
  const left = plan && speed ? (Math.max(0, plan.steps - done) * plan.picturesPerStep) / speed : null;
  return {
    done,
    picturesPerSecond: speed,
    learningRate: curves.get(metricNames.learningRate)?.at(-1)?.value ?? null,
    loss: meanOfLast(curves.get(metricNames.totalLoss)),
    best: bestOf(curves.get(deciding) ?? []),
    measure: deciding === '' ? null : deciding.replace(metricNames.validation, ''),
    isFinished: plan !== null && done >= plan.steps,
    secondsLeft: left,
  };
}

/** The metric that decides which model is the best: the last AP that the run writes, or FCN's mean IoU. */
function decidingMetric(curves: Curves): string {
  const { validation } = metricNames;
  const metrics = [...curves.keys()].filter(
    (name) => name.startsWith(validation) && /^(\w+ AP|mean IoU)$/.test(name.slice(validation.length)),
  );
  return metrics.at(-1) ?? '';
}

function meanOfLast(points: readonly CurvePoint[] = []): number | null {
  const last = points.slice(-recent);
  if (last.length === 0) return null;
  return last.reduce((sum, { value }) => sum + value, 0) / last.length;
}

function bestOf(points: readonly CurvePoint[]): CurvePoint | null {
  return points.reduce<CurvePoint | null>(
    (best, point) => (best && best.value >= point.value ? best : point),
    null,
  );
}

/** Least number of points on each side that a smoothed point is the mean of, and their share of the run. */
const leastReach = 4;
const reachShare = 1 / 30;

/** Moving mean around each point, over 1/15 of the run and at least 9 points. It is centred, so that a curve does not lag behind. */
export function smooth(points: readonly CurvePoint[]): CurvePoint[] {
  const most = Math.max(leastReach, Math.round(points.length * reachShare));
  const sums = [0];
  for (const { value } of points) sums.push(sums[sums.length - 1] + value);
  return points.map(({ step }, i) => {
    const from = Math.max(0, i - most);
    const to = Math.min(points.length, i + most + 1);
    return { step, value: (sums[to] - sums[from]) / (to - from) };
  });
}
