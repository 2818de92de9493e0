import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importWeights } from '../../src/import/import-weights.ts';
import { writeModelFile } from '../../src/model-file/model-file.ts';
import type { TestFolder } from './folder.ts';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** An eighth of the pixels, and fewer proposals: it still finds the nuclei of the drawn pictures. */
const small = { preprocess: { minSize: 256, maxSize: 512 }, rpn: { preNmsTopN: 300, postNmsTopN: 200 } };

/**
 * Writes the shipped model `nuclei` for smaller pictures, for tests that would wait for it in a browser, and in floating
 * point, since Node and WebAssembly may round the last bit of eight differently.
 * @returns Its path.
 */
export async function writeSmallNuclei(folder: TestFolder): Promise<string> {
  const out = folder.at('nuclei.safetensors');
  const configFile = folder.write('small-nuclei.json', small);
  const { config, weights } = await importWeights({ path: pathOf('models/nuclei.safetensors'), configFile });
  const card = JSON.parse(readFileSync(pathOf('recipes/nuclei/card.json'), 'utf8'));
  await writeModelFile(out, config, weights, { dtype: 'float16', card });
  await weights.close();
  return out;
}
