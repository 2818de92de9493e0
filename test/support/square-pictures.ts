import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { seededRandom } from '../../src/core/random.ts';
import type { CocoAnnotation, CocoDataset, CocoImage } from '../../src/data/coco/types.ts';

const side = 96;
/** Red squares and green discs on a noisy grey ground. */
const categories = [
  { id: 3, name: 'square' },
  { id: 8, name: 'disc' },
];

/** Writes pictures of squares and discs and their COCO file, `data.json`. @returns The COCO file's path. */
export function writeSquares(folder: string, count: number, seed: number): string {
  const random = seededRandom(seed);
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  for (let id = 1; id <= count; id++) {
    const data = Uint8Array.from({ length: side * side * 3 }, () => 90 + random.integer(60));
    for (let i = 0; i < 3; i++) {
      const extent = 14 + random.integer(22);
      const place = () => 32 * random.integer(3) + random.integer(Math.max(32 - extent, 1));
      const [x, y] = [Math.min(place(), side - extent), Math.min(place(), side - extent)];
      const disc = random.uniform() < 0.5;
      const ring = outline(x, y, extent, disc);
      if (
        annotations.some(
          (other) => other.image_id === id && overlap(other.bbox ?? [0, 0, 0, 0], [x, y, extent, extent]),
        )
      )
        continue;
      paint(data, { x, y, extent, disc });
      annotations.push({
        id: annotations.length + 1,
        image_id: id,
        category_id: categories[disc ? 1 : 0].id,
        bbox: [x, y, extent, extent],
        area: disc ? (Math.PI / 4) * extent ** 2 : extent ** 2,
        segmentation: [ring],
        iscrowd: 0,
      });
    }
    const file_name = `${id}.png`;
    writeFileSync(
      join(folder, file_name),
      encode({ width: side, height: side, data, channels: 3, depth: 8 }),
    );
    images.push({ id, width: side, height: side, file_name });
  }
  const dataset: CocoDataset = { images, annotations, categories };
  const path = join(folder, 'data.json');
  writeFileSync(path, JSON.stringify(dataset));
  return path;
}

function outline(x: number, y: number, extent: number, disc: boolean): number[] {
  if (!disc) return [x, y, x + extent, y, x + extent, y + extent, x, y + extent];
  const radius = extent / 2;
  return Array.from({ length: 24 }, (_, i) => (2 * Math.PI * i) / 24).flatMap((angle) => [
    x + radius + radius * Math.cos(angle),
    y + radius + radius * Math.sin(angle),
  ]);
}

function paint(
  data: Uint8Array,
  { x, y, extent, disc }: { x: number; y: number; extent: number; disc: boolean },
): void {
  const radius = extent / 2;
  for (let row = y; row < y + extent; row++) {
    for (let column = x; column < x + extent; column++) {
      if (disc && Math.hypot(row + 0.5 - y - radius, column + 0.5 - x - radius) > radius) continue;
      data.set(disc ? [40, 200, 60] : [220, 50, 40], (row * side + column) * 3);
    }
  }
}

function overlap(a: readonly number[], b: readonly number[]): boolean {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}
