/** Figures of one step, as a line of `metrics.jsonl` has them: `step` and named numbers. */
export type MetricsLine = Readonly<Record<string, number>>;

export interface Point {
  step: number;
  value: number;
}

/** The curves of a run: name → points in the order of their steps. */
export type Curves = ReadonlyMap<string, readonly Point[]>;

/** What `run.json` says of a run. */
export interface RunPlan {
  steps: number;
  picturesPerStep: number;
  pictures: number;
}

/** Adds lines to curves. A step that comes again, as after a resume, takes the place of what followed it. */
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

/** The lines of a log; torn ones and what is no number are left out. */
export function parseLog(text: string): MetricsLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const values = JSON.parse(line) as Record<string, unknown>;
      if (typeof values?.step !== 'number') return [];
      return [Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'number'))];
    } catch {
      return [];
    }
  }) as MetricsLine[];
}

/** The plan in `run.json`; null where it is none. */
export function parsePlan(text: string): RunPlan | null {
  try {
    const { steps, picturesPerStep, pictures } = JSON.parse(text) as Record<string, unknown>;
    if (typeof steps !== 'number' || typeof picturesPerStep !== 'number' || typeof pictures !== 'number')
      return null;
    return { steps, picturesPerStep, pictures };
  } catch {
    return null;
  }
}

export interface Summary {
  /** Steps that are done. */
  done: number;
  picturesPerSecond: number | null;
  learningRate: number | null;
  /** The latest total loss, as a mean of the last steps. */
  loss: number | null;
  /** The best validation so far, 0…1. */
  best: Point | null;
  /** What it measures: `AP`, or of FCN `mean IoU`. */
  measure: string;
  /** Seconds of training that are left at the present speed, validation not counted; null where nobody knows. */
  secondsLeft: number | null;
}

/** Steps whose mean is called the present. */
const recent = 50;

/** What the curves say in short. */
export function summarise(curves: Curves, plan: RunPlan | null): Summary {
  const speed = meanOfLast(curves.get('picturesPerSecond'));
  const trained = curves.get('loss/total') ?? curves.get('picturesPerSecond') ?? [];
  const done = trained.length > 0 ? trained[trained.length - 1].step + 1 : 0;
  const deciding = decidingFigure(curves);
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

/** What decides which model is the best: of the average precisions that a run measures the last that it writes, or FCN's mean IoU. */
function decidingFigure(curves: Curves): string {
  const figures = [...curves.keys()].filter((name) => /^validation\/(\w+ AP|mean IoU)$/.test(name));
  return figures.at(-1) ?? '';
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

/** A moving mean over a fiftieth of the run, as in the report of a run. */
export function smooth(points: readonly Point[]): Point[] {
  const window = Math.max(1, Math.floor(points.length / 50));
  let sum = 0;
  return points.map(({ step, value }, i) => {
    sum += value - (i >= window ? points[i - window].value : 0);
    return { step, value: sum / Math.min(window, i + 1) };
  });
}
