import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { seededRandom } from '../../src/core/random.ts';
import type { CocoAnnotation, CocoDataset, CocoImage } from '../../src/data/coco/types.ts';

const side = 96;

/**
 * Writes pictures of kites, whose upper end is red, lower end blue, left wing green and right wing yellow, and their
 * COCO-keypoints file, `data.json`. @returns The COCO file's path.
 */
export function writeKites(folder: string, count: number, seed: number): string {
  const random = seededRandom(seed);
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  for (let id = 1; id <= count; id++) {
    const data = Uint8Array.from({ length: side * side * 3 }, () => 90 + random.integer(40));
    const radius = 16 + random.integer(12);
    const [x, y] = [0, 1].map(() => radius + 2 + random.integer(side - 2 * radius - 4));
    const ends = [
      { x, y: y - radius, color: [230, 40, 40] },
      { x, y: y + radius, color: [40, 60, 230] },
      { x: x - radius, y, color: [40, 200, 60] },
      { x: x + radius, y, color: [230, 210, 40] },
    ];
    for (let row = y - radius; row <= y + radius; row++) {
      for (let column = x - radius; column <= x + radius; column++) {
        if (Math.abs(row - y) + Math.abs(column - x) > radius) continue;
        const near = ends.find((end) => Math.hypot(end.x - column, end.y - row) < radius / 2);
        data.set(near?.color ?? [240, 240, 240], (row * side + column) * 3);
      }
    }
    const keypoints = ends.flatMap((end) => [end.x + 0.5, end.y + 0.5, 2]);
    annotations.push({
      id,
      image_id: id,
      category_id: 4,
      bbox: [x - radius, y - radius, 2 * radius + 1, 2 * radius + 1],
      area: 2 * radius ** 2,
      segmentation: [[x, y - radius, x + radius, y, x, y + radius, x - radius, y]],
      iscrowd: 0,
      keypoints,
      num_keypoints: 4,
    });
    const file_name = `${id}.png`;
    writeFileSync(
      join(folder, file_name),
      encode({ width: side, height: side, data, channels: 3, depth: 8 }),
    );
    images.push({ id, width: side, height: side, file_name });
  }
  const kite = {
    id: 4,
    name: 'kite',
    keypoints: ['head', 'tail', 'left_wing', 'right_wing'],
    skeleton: [
      [1, 2],
      [3, 4],
    ] as [number, number][],
  };
  const path = join(folder, 'data.json');
  writeFileSync(path, JSON.stringify({ images, annotations, categories: [kite] } satisfies CocoDataset));
  return path;
}
