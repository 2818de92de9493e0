import { float32Tensor } from '../core/tensor.ts';
import { upperMedian } from '../core/upper-median.ts';
import type { TrainingState } from '../train/checkpoint.ts';
import { createTrainer } from '../train/trainer.ts';
import type { LoopOptions } from './loop.ts';
import { openLoader } from './open-loader.ts';

/** Updates that are timed, fewer if they take more than `enough` together. */
const timed = 4;
/** Seconds. */
const enough = 10;

/**
 * Measures how fast this machine trains, by the first updates of a run on a copy of its weights.
 * @returns Seconds per update: the median, without the first update, in which the runtime allocates its memory.
 * @throws What the first updates of the run would throw.
 */
export async function measurePace(
  state: TrainingState,
  options: Pick<LoopOptions, 'records' | 'training' | 'task' | 'runtime' | 'shouldStop'>,
): Promise<number> {
  const trainer = await createTrainer(copyOf(state), { ...options, checkpoint: 'the initial weights' });
  const loader = openLoader(options);
  const seconds: number[] = [];
  try {
    await trainer.step(loader);
    let total = 0;
    do {
      const started = performance.now();
      await trainer.step(loader);
      seconds.push((performance.now() - started) / 1000);
      total += seconds[seconds.length - 1];
    } while (seconds.length < timed && total < enough && !options.shouldStop?.());
  } finally {
    await trainer.release();
    await loader.close();
  }
  return upperMedian(seconds);
}

function copyOf(state: TrainingState): TrainingState {
  const weights = [...state.weights].map(
    ([name, { shape, data }]) => [name, float32Tensor(shape, data.slice())] as const,
  );
  return { ...state, weights: new Map(weights), optimizer: new Map(), average: new Map() };
}
