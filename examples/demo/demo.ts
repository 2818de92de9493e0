/**
 * `npm run demo`: draws a microscope picture, finds the nuclei in it, compares them with what was drawn, and
 * writes the picture with the masks over it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../src/core/atomic-write.ts';
import { type Instance, load } from '../../src/index.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { drawInstances } from '../../src/vis/draw-instances.ts';
import { drawNuclei, type TrueNucleus } from './draw-nuclei.ts';

const { picture, nuclei } = drawNuclei({ seed: 7, width: 384, height: 256 });

const loading = performance.now();
const model = await load('nuclei');
console.log(`model     nuclei, loaded in ${seconds(loading)}`);

const predicting = performance.now();
const { instances } = await model.predict({ ...picture, channels: 3 });
console.log(`picture   ${picture.width} × ${picture.height}, drawn with ${nuclei.length} nuclei`);
console.log(`found     ${instances.length} nuclei in ${seconds(predicting)}\n`);

printTable(instances.slice(0, 8));
if (instances.length > 8) console.log(`… and ${instances.length - 8} more`);

const matched = countMatches(instances, nuclei);
console.log(`\n${matched} of ${nuclei.length} drawn nuclei were found (mask IoU above 0.5)`);

const out = join(import.meta.dirname, '..', '..', 'out');
await mkdir(out, { recursive: true });
await writeAtomically(join(out, 'demo.png'), await drawInstances(picture, instances));
console.log('the picture with its masks: out/demo.png');
await model.dispose();

function printTable(rows: readonly Instance[]): void {
  console.log('  #  class     score  box (x1 y1 x2 y2)          mask');
  rows.forEach(({ category, score, box, mask }, i) => {
    const corners = box.map((corner) => corner.toFixed(1).padStart(6)).join('');
    const pixels = String(mask?.area).padStart(5);
    console.log(
      `${String(i + 1).padStart(3)}  ${category.name.padEnd(8)}  ${score.toFixed(3)}  ${corners}  ${pixels} px`,
    );
  });
}

/** Drawn nuclei that some instance covers; each instance counts once, the best-scored first. */
function countMatches(found: readonly Instance[], drawn: readonly TrueNucleus[]): number {
  const missing = new Set(drawn);
  for (const { mask } of found) {
    const partner = [...missing].find(
      (nucleus) => mask && rleIou([mask.rle], [nucleus.mask], [false])[0] > 0.5,
    );
    if (partner) missing.delete(partner);
  }
  return drawn.length - missing.size;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`;
}
