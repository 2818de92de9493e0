import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { formatTable } from '../../src/cli/terminal/format.ts';
import { decodePicture, type Instance } from '../../src/index.ts';
import { announcedModel } from './announced-model.ts';
import { secondsSince } from './seconds-since.ts';
import { writeOverlay } from './write-overlay.ts';

/** `pictures/CREDITS.md` names their sources. */
const folder = join(import.meta.dirname, 'pictures');
/** Instances that are listed for each picture; the others are counted. */
const rows = 8;

/** Finds the instances in every photograph of the demo, lists them, and writes the overlays to `out`. */
export async function findInPhotographs(modelName: string, out: string): Promise<void> {
  await using model = await announcedModel(modelName);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();
  for (const name of names) {
    const picture = await decodePicture(join(folder, name));
    const start = performance.now();
    const { instances } = await model.predict({ ...picture, channels: 3 });
    console.log(`\n${name}: ${instances.length} found in ${secondsSince(start)}`);
    if (instances.length > 0) console.log(tableOf(instances.slice(0, rows)).trimEnd());
    if (instances.length > rows) console.log(`… and ${instances.length - rows} more`);
    console.log(await writeOverlay(join(out, `${parse(name).name}.png`), picture, instances));
  }
}

function tableOf(instances: readonly Instance[]): string {
  const found = instances.map(({ category, score, mask }) => [
    category.name,
    score.toFixed(2),
    mask ? `${mask.area} px` : '–',
  ]);
  return formatTable([['class', 'score', 'mask'], ...found], [1, 2]);
}
