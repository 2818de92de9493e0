import { join } from 'node:path';
import { type ShippedModel, shippedModels } from '../src/hub/resolve-model.ts';
import { chosenDevice } from './device.ts';
import { JsonLines } from './json-lines.ts';
import { type BenchResult, type Figures, median, thisMachine } from './result.ts';

const rounds = 7;
const threads = 2;

/** Every model that ships, on the drawn microscope picture that the guides use: seconds from pixels to bitmaps on `--device`. */
export async function bench(): Promise<BenchResult> {
  const cases: Record<string, { ratio: null; ours: Figures; peer: Figures }> = {};
  for (const model of await shippedModels())
    cases[model.name] = { ratio: null, ours: await measured(model), peer: {} };
  return { name: 'models', ratio: null, ours: {}, peer: {}, machine: thisMachine(), cases };
}

async function measured({ path }: ShippedModel): Promise<Figures> {
  const child = JsonLines.program('inference-child.ts', path, String(threads), chosenDevice());
  const picture = join(import.meta.dirname, '../docs/images/cells.png');
  try {
    await child.answer();
    await child.ask({ picture });
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++)
      seconds.push((await child.ask<{ seconds: number }>({ picture })).seconds);
    const { peakRssBytes } = await child.ask<{ peakRssBytes: number }>({ quit: true });
    return { seconds: median(seconds), allSeconds: seconds, peakMb: peakRssBytes / 1e6 };
  } finally {
    child.kill();
  }
}
