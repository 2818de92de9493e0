import { join } from 'node:path';
import { formatTable } from '../../src/cli/terminal/format.ts';
import type { Instance } from '../../src/index.ts';
import { announcedModel } from './announced-model.ts';
import { drawNuclei } from './draw-nuclei.ts';
import { matchInstances } from './matches.ts';
import { secondsSince } from './seconds-since.ts';
import { writeOverlay } from './write-overlay.ts';

/** Nuclei that are listed; the others are counted. */
const rows = 8;

/**
 * Draws a microscope picture, finds the nuclei in it, compares them with the drawn ones, and writes the overlay to `out`.
 * @param seed Equal seeds draw equal pictures.
 */
export async function findNuclei(seed: number, out: string): Promise<void> {
  await using model = await announcedModel('nuclei');
  const { picture, nuclei } = drawNuclei({ seed, width: 384, height: 256 });
  const start = performance.now();
  const { instances } = await model.predict({ ...picture, channels: 3 });
  console.log(`\na picture of ${picture.width} × ${picture.height}, drawn with ${nuclei.length} nuclei`);
  console.log(`found ${instances.length} nuclei in ${secondsSince(start)}`);
  const { ious, found } = matchInstances(instances, nuclei);
  if (instances.length > 0) console.log(tableOf(instances.slice(0, rows), ious).trimEnd());
  if (instances.length > rows) console.log(`… and ${instances.length - rows} more`);
  console.log(`${found} of ${nuclei.length} drawn nuclei were found (mask IoU above 0.5)`);
  console.log(await writeOverlay(join(out, 'nuclei.png'), picture, instances));
}

/** @param ious For each instance: IoU with the drawn nucleus that it found, or null. */
function tableOf(instances: readonly Instance[], ious: readonly (number | null)[]): string {
  const cells = instances.map(({ score, box, mask }, i) => [
    score.toFixed(2),
    box.map((corner) => corner.toFixed(1)).join(' '),
    `${mask?.area ?? 0} px`,
    ious[i]?.toFixed(2) ?? '–',
  ]);
  return formatTable([['score', 'box (x1 y1 x2 y2)', 'mask', 'IoU'], ...cells], [0, 2, 3]);
}
