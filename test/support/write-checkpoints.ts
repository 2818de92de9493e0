/** Writes checkpoints of growing steps to a path until it is killed; says so after the first. */
import { float32Tensor } from '../../src/core/tensor.ts';
import { writeCheckpoint } from '../../src/train/checkpoint.ts';

const [path, first] = process.argv.slice(2);
const size = 2_000_000;

for (let step = Number(first); ; step++) {
  const state = {
    step,
    weights: new Map([['w', float32Tensor([size], new Float32Array(size).fill(step))]]),
    optimizer: new Map([['momentum/w', new Float32Array(size).fill(-step)]]),
    average: new Map(),
    best: null,
    validationsWithoutGain: 0,
  };
  await writeCheckpoint(path, state, { config: '{}', training: '{}' });
  if (step === Number(first)) process.stdout.write('written\n');
}
