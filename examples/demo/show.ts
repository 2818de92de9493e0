import { join } from 'node:path';
import { writeAtomically } from '../../src/core/node/atomic-write.ts';
import { makeFolder } from '../../src/core/node/make-folder.ts';
import type { Picture } from '../../src/image/picture.ts';
import type { Instance, load } from '../../src/index.ts';
import { drawInstances } from '../../src/vis/draw-instances.ts';
import { matchInstances, type TrueInstance } from './matches.ts';

/** A drawn picture and its objects. */
export interface Drawn {
  readonly picture: Picture;
  readonly objects: readonly TrueInstance[];
  /** Name of the objects in the plural, such as `nuclei`. */
  readonly plural: string;
  /** Number of instances to print; the others are counted. */
  readonly rows: number;
  /** File name of the picture with the masks. */
  readonly file: string;
}

/** Detects the objects, prints them with the ground truth, and writes the picture with the masks to the folder. */
export async function findAndShow(
  model: Awaited<ReturnType<typeof load>>,
  { picture, objects, plural, rows, file }: Drawn,
  folder: string,
): Promise<void> {
  const start = performance.now();
  const { instances } = await model.predict({ ...picture, channels: 3 });
  console.log(`picture   ${picture.width} × ${picture.height}, drawn with ${objects.length} ${plural}`);
  console.log(`found     ${instances.length} ${plural} in ${seconds(start)}\n`);
  const { ious, found } = matchInstances(instances, objects);
  printTable(instances.slice(0, rows), ious);
  if (instances.length > rows) console.log(`… and ${instances.length - rows} more`);
  console.log(`\n${found} of ${objects.length} drawn ${plural} were found (mask IoU above 0.5)`);

  await makeFolder(folder);
  const path = join(folder, file);
  await writeAtomically(path, await drawInstances(picture, instances, { scale: 'auto' }));
  console.log(`the picture with its masks: ${path}`);
}

function printTable(rows: readonly Instance[], ious: readonly (number | null)[]): void {
  const width = Math.max(8, ...rows.map(({ category }) => category.name.length));
  console.log(`  #  ${'class'.padEnd(width)}  score  box (x1 y1 x2 y2)          mask      IoU`);
  rows.forEach(({ category, score, box, mask }, i) => {
    const corners = box.map((corner) => corner.toFixed(1).padStart(6)).join('');
    const cells = [
      String(i + 1).padStart(3),
      category.name.padEnd(width),
      score.toFixed(3),
      corners,
      `${String(mask?.area ?? 0).padStart(5)} px`,
      ious[i]?.toFixed(2) ?? '   –',
    ];
    console.log(cells.join('  '));
  });
}

/** Time elapsed since a `performance.now()` timestamp. */
export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`;
}
