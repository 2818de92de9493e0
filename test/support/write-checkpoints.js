/**
 * Writes checkpoints with increasing steps to a file until it is killed, and prints a line after the first:
 *     node write-checkpoints.js PACKAGE_FOLDER FILE FIRST_STEP
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, path, first] = process.argv.slice(2);
const load = (module) => import(pathToFileURL(join(folder, 'dist', module)).href);
const { float32Tensor } = await load('core/tensor.js');
const { writeCheckpoint } = await load('train/checkpoint.js');
const size = 2_000_000;

for (let step = Number(first); ; step++) {
  const state = {
    step,
    weights: new Map([['w', float32Tensor([size], new Float32Array(size).fill(step))]]),
    optimizer: new Map([['momentum/w', new Float32Array(size).fill(-step)]]),
    average: new Map(),
    best: null,
    validationsWithoutGain: 0,
    validationDue: false,
  };
  await writeCheckpoint(path, state, { config: '{}', training: '{}' });
  if (step === Number(first)) process.stdout.write('written\n');
}
