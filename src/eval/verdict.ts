import type { ConfusionCell } from './confusion.ts';
import type { CocoMetric } from './summary.ts';
import type { TideError, TideResult } from './tide.ts';
import type { TideKind } from './tide-picture.ts';

/** The objects of one area range. */
export interface SizeCount {
  /** Name of the area range. */
  readonly area: string;
  readonly objects: number;
  /** Objects that TIDE counts as missed. */
  readonly missed: number;
}

/** The error that costs most. */
export interface Verdict {
  readonly kind: TideKind;
  /** What it costs in AP, 0…1: see `TideError.cost`; for `loose`, the difference of AP50 and AP. */
  readonly cost: number;
  /** Objects are found, but so inaccurately that AP is less than half of AP50. Only for `location`. */
  readonly loose: boolean;
  /** For `missed`: the sizes of most missed objects, if they are missed more often than others. */
  readonly size: SizeCount | null;
  /** For `class`: the most frequent confusion at the score threshold, if it occurs more than once. */
  readonly confused: ConfusionCell | null;
}

export interface VerdictInput {
  readonly tide: TideResult;
  readonly metrics: readonly CocoMetric[];
  readonly sizes: readonly SizeCount[];
  readonly confusion: readonly ConfusionCell[];
}

/**
 * Names the costliest kind of error. TIDE measures costs at one IoU; where AP, the mean over stricter ones too, is less
 * than half of AP50, and the difference exceeds the cost of every kind, location is named.
 * @returns Null if no error costs anything.
 */
export function verdictOf({ tide, metrics, sizes, confusion }: VerdictInput): Verdict | null {
  const costliest = costliestOf(tide);
  const looseness = loosenessOf(metrics);
  if (looseness > (costliest?.cost ?? 0)) {
    return { kind: 'location', cost: looseness, loose: true, size: null, confused: null };
  }
  if (costliest === null) return null;
  return {
    kind: costliest.kind,
    cost: costliest.cost,
    loose: false,
    size: costliest.kind === 'missed' ? missedSize(sizes) : null,
    confused: costliest.kind === 'class' ? (confusion.find(isConfusion) ?? null) : null,
  };
}

/**
 * The error with the greatest cost. Where correcting a single kind gains nothing, since too much is wrong at once, the
 * most frequent kind of false detection, or missed objects if there are more than twice as many.
 */
function costliestOf({ ap, errors }: TideResult): TideError | null {
  const [costliest] = errors.toSorted((a, b) => b.cost - a.cost);
  if (costliest.cost > 0) return costliest;
  if (ap >= 1 - 1e-9) return null;
  const missed = errors.find(({ kind }) => kind === 'missed')!;
  const [frequent] = errors.filter((error) => error !== missed).sort((a, b) => b.count - a.count);
  const most = missed.count > 2 * frequent.count ? missed : frequent;
  return most.count > 0 ? most : null;
}

/** Whether two categories were confused more than once. */
function isConfusion({ truth, predicted, count }: ConfusionCell): boolean {
  return truth !== null && predicted !== null && truth !== predicted && count > 1;
}

/** AP50 − AP where AP is less than half of AP50, else 0. */
function loosenessOf(metrics: readonly CocoMetric[]): number {
  const ap = metrics[0].value;
  const half = metrics.find(({ metric, iou }) => metric === 'AP' && iou === 0.5)?.value ?? -1;
  return ap >= 0 && half > 0 && ap < 0.5 * half ? half - ap : 0;
}

function missedSize(sizes: readonly SizeCount[]): SizeCount | null {
  const objects = sizes.reduce((sum, size) => sum + size.objects, 0);
  const missed = sizes.reduce((sum, size) => sum + size.missed, 0);
  const most = sizes.find((size) => 2 * size.missed > missed);
  return most !== undefined && most.missed * objects > missed * most.objects ? most : null;
}
