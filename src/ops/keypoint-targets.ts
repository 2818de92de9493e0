/**
 * The heat map cell of each keypoint in an RoI (torchvision `keypoints_to_heatmap`): the continuous position is
 * rounded down, and a keypoint on the right or bottom edge belongs to the last cell.
 * @param joints `[G, K, 3]` x, y in the pixel coordinates of the boxes, and visibility.
 * @param boxes `[P, 4]` RoIs x1, y1, x2, y2.
 * @param matches `[P]`, the index of each RoI's object.
 * @param resolution Cells along each side.
 * @returns For each RoI and keypoint, `[P, K]`, the cell as y · resolution + x, or −1 for none.
 */
export function keypointTargets(
  joints: Float32Array,
  boxes: Float32Array,
  matches: ArrayLike<number>,
  { count, resolution }: { count: number; resolution: number },
): Int32Array {
  const cells = new Int32Array(matches.length * count).fill(-1);
  for (let roi = 0; roi < matches.length; roi++) {
    const [x1, y1, x2, y2] = boxes.subarray(4 * roi, 4 * roi + 4);
    for (let joint = 0; joint < count; joint++) {
      const at = 3 * (matches[roi] * count + joint);
      if (joints[at + 2] <= 0) continue;
      const column = cellOf(joints[at], x1, x2, resolution);
      const row = cellOf(joints[at + 1], y1, y2, resolution);
      const inside = column >= 0 && row >= 0 && column < resolution && row < resolution;
      if (inside) cells[roi * count + joint] = row * resolution + column;
    }
  }
  return cells;
}

/**
 * Every step is rounded to float32 as in the reference, so that a keypoint on a cell border falls into the same
 * cell.
 */
function cellOf(position: number, from: number, to: number, resolution: number): number {
  if (position === to) return resolution - 1;
  const { fround } = Math;
  const scale = fround(resolution / fround(to - from));
  return Math.floor(fround(fround(position - from) * scale));
}
