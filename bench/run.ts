/**
 * `npm run bench -- NAME [--json] [--device DEVICE]`: runs one benchmark; `--json` prints only its result on stdout, `--device` is
 * where our side of the benchmarks of predictions and training steps computes.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../src/core/errors.ts';
import { type BenchResult, formatResult } from './result.ts';

/** Name → module; imported on demand, because each imports its own peers. */
const benches: Record<string, () => Promise<{ bench: () => Promise<BenchResult> }>> = {
  inference: () => import('./inference.ts'),
  models: () => import('./models.ts'),
  eval: () => import('./eval.ts'),
  load: () => import('./load.ts'),
  serve: () => import('./serve.ts'),
  queue: () => import('./queue.ts'),
  'queue-serve': () => import('./queue-serve.ts'),
  hostile: () => import('./hostile.ts'),
  tiles: () => import('./tiles.ts'),
  training: () => import('./training.ts'),
  'training-graph': () => import('./training-graph.ts'),
};

const options = { device: { type: 'string' } } as const;
const { positionals } = parseArgs({ options, allowPositionals: true, strict: false });
const [name] = positionals;
const load = positionals.length === 1 ? benches[name] : undefined;
if (load === undefined) {
  console.error(
    `usage: npm run bench -- NAME [--json] [--device DEVICE]    NAME: ${Object.keys(benches).join(' | ')}`,
  );
  process.exitCode = 2;
} else {
  try {
    const { bench } = await load();
    const result = await bench();
    console.log(process.argv.includes('--json') ? JSON.stringify(result) : formatResult(result));
  } catch (error) {
    console.error(`bench ${name}: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}
