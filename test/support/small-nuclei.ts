import { fileURLToPath } from 'node:url';
import { runCli } from './cli-process.ts';
import type { TestFolder } from './folder.ts';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** An eighth of the pixels, and fewer proposals: it still finds the nuclei of the drawn pictures. */
const small = { preprocess: { minSize: 256, maxSize: 512 }, rpn: { preNmsTopN: 300, postNmsTopN: 200 } };

/** Writes the shipped model `nuclei` for smaller pictures, for tests that would wait for it in a browser. @returns Its path. */
export async function writeSmallNuclei(folder: TestFolder): Promise<string> {
  const out = folder.at('nuclei.safetensors');
  const config = folder.write('small-nuclei.json', small);
  const card = ['--card', pathOf('recipes/nuclei/card.json')];
  const { status, stderr } = await runCli([
    'import',
    pathOf('models/nuclei.safetensors'),
    '--config',
    config,
    ...card,
    '--half',
    '--out',
    out,
  ]);
  if (status !== 0) throw new Error(stderr);
  return out;
}
