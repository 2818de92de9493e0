// @ts-check
/** `node count.js PICTURE…`: counts the objects of each class in each picture, and writes an overlay next to it. */
import { writeFile } from 'node:fs/promises';
import { decodePicture, drawInstances, load } from 'mask-rcnn';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: node count.js PICTURE…');
  process.exit(2);
}

const model = await load('nuclei');
for await (const outcome of model.predictEach(paths)) {
  if ('error' in outcome) {
    console.error(String(outcome.error));
    process.exitCode = 1;
    continue;
  }
  const { instances } = outcome.prediction;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { category } of instances) counts.set(category.name, (counts.get(category.name) ?? 0) + 1);
  const text = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  console.log(`${outcome.source}: ${text || 'nothing'}`);
  const picture = await decodePicture(outcome.source);
  await writeFile(`${outcome.source}.overlay.png`, await drawInstances(picture, instances));
}
await model.dispose();
