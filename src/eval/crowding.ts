import type { WeightedAp } from './weighted-ap.ts';

/** The average precision of the pictures with a certain number of objects. */
export interface CrowdingGroup {
  /** Objects of a picture of this group, crowds aside. */
  readonly from: number;
  /** Null: no limit. */
  readonly to: number | null;
  readonly pictures: number;
  readonly objects: number;
  /** In 0…1. */
  readonly AP: number;
  /** Null if IoU 0.5 is not among the thresholds. */
  readonly AP50: number | null;
}

/** Lowest numbers of objects of the groups. Pictures without objects belong to the first: their detections count. */
const groupStarts = [0, 2, 5, 15, 50] as const;

/** AP by the number of objects in the picture; groups without objects are left out. @param objectsIn By picture id. */
export function apByCrowding(weighted: WeightedAp, objectsIn: ReadonlyMap<number, number>): CrowdingGroup[] {
  return groupStarts.flatMap((start, i) => {
    const end = groupStarts[i + 1] ?? Number.POSITIVE_INFINITY;
    const objects = weighted.imageIds.map((id) => objectsIn.get(id) ?? 0);
    const weights = objects.map((count) => (count >= start && count < end ? 1 : 0));
    const total = objects.reduce((sum, count, p) => sum + count * weights[p], 0);
    if (total === 0) return [];
    const { ap, ap50 } = weighted.measure(weights);
    return [
      {
        from: Math.max(start, 1),
        to: end === Number.POSITIVE_INFINITY ? null : end - 1,
        pictures: weights.filter((weight) => weight > 0).length,
        objects: total,
        AP: ap,
        AP50: Number.isNaN(ap50) ? null : ap50,
      },
    ];
  });
}
