import { shareOfCores } from '../core/node/cores.ts';
import { ThreadPool } from '../core/node/thread-pool.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/load/batch.ts';
import type { ModelWeights } from './part.ts';
import type { StepResult } from './step-result.ts';
import type { TaskSpec, TrainingStep } from './task.ts';

/** What every thread makes its copy of the network from. */
export interface ReplicaData {
  readonly spec: TaskSpec;
  /** Those that are trained lie in memory that all threads share. */
  readonly weights: ModelWeights;
  readonly batchSize: number;
  /** Cores that a run uses. */
  readonly threads: number;
}

/** One run of a copy. */
export interface ReplicaRun {
  readonly batch: Batch;
  readonly seed: number;
}

export interface ReplicaOptions {
  /** Copies of the network. */
  readonly replicas: number;
  readonly batchSize: number;
  /** Cores that each uses; null: its share of all. */
  readonly threads: number | null;
}

/**
 * Copies of a network in threads of their own. Runs that are asked for at the same time are computed side by side,
 * one by each copy: on small pictures, several runs with one core each are faster than one after the other with all.
 * @param weights Those that are trained have to be in shared memory: see `shareWeights`.
 */
export function startReplicas(spec: TaskSpec, weights: ModelWeights, options: ReplicaOptions): TrainingStep {
  const { replicas, batchSize } = options;
  const threads = options.threads ?? shareOfCores(replicas);
  const data: ReplicaData = { spec, weights, batchSize, threads };
  const module = new URL('./replica-worker', import.meta.url);
  const pool = new ThreadPool<ReplicaRun, StepResult>({ module, threads: replicas, data });
  return {
    run: (batch, seed) => pool.run({ batch, seed }),
    release: () => pool.close(),
  };
}

/** Moves weights into memory that threads can share. */
export function shareWeights(weights: Map<string, Float32Tensor>, names: Iterable<string>): void {
  for (const name of names) {
    const { shape, data } = weights.get(name) as Float32Tensor;
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    weights.set(name, float32Tensor(shape, shared));
  }
}
