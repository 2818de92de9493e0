/**
 * `npm run demo`: composes a scene of everyday objects that no model has seen, finds them, compares them with
 * what was drawn, and writes the picture with the masks over it. Without the model of everyday objects it draws
 * a microscope picture and finds the nuclei. Needs no network.
 *
 *     npm run demo -- [--model FILE] [--seed N] [--styles twemoji,noto]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadArt } from '../../scenes/art.ts';
import { composeScene } from '../../scenes/compose.ts';
import { isStyleName, styleNames, trainingStyles } from '../../scenes/styles.ts';
import { UsageError } from '../../src/core/errors.ts';
import { load } from '../../src/index.ts';
import { drawNuclei } from './draw-nuclei.ts';
import { type Drawn, findAndShow, seconds } from './show.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    seed: { type: 'string', default: '7' },
    styles: { type: 'string', default: trainingStyles.join(',') },
  },
});
const objectsModel = values.model ?? join(import.meta.dirname, '..', '..', 'models', 'objects.safetensors');
const everyday = values.model !== undefined || existsSync(objectsModel);
const drawn = everyday ? await drawEverydayObjects() : drawMicroscopePicture();

const loading = performance.now();
const model = await load(everyday ? objectsModel : 'nuclei');
console.log(`model     ${values.model ?? (everyday ? 'objects' : 'nuclei')}, loaded in ${seconds(loading)}`);
await findAndShow(model, drawn);
await model.dispose();

async function drawEverydayObjects(): Promise<Drawn> {
  const styles = values.styles.split(',').map((name) => {
    if (isStyleName(name)) return name;
    throw new UsageError(`--styles: expected some of ${styleNames.join(', ')}, got ${name}`);
  });
  // Data sets mix their seeds far away from small numbers (scenes/write.ts): this scene is in none of them.
  const art = await loadArt(styles);
  const scene = composeScene(art, { seed: Number(values.seed), width: 512, height: 384 });
  return { picture: scene.picture, objects: scene.objects, plural: 'objects', rows: 15 };
}

function drawMicroscopePicture(): Drawn {
  const { picture, nuclei } = drawNuclei({ seed: Number(values.seed), width: 384, height: 256 });
  return { picture, objects: nuclei, plural: 'nuclei', rows: 8 };
}
