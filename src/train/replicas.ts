import { shareOfCores } from '../core/node/cores.ts';
import { ThreadPool } from '../core/node/thread-pool.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/load/batch.ts';
import type { ModelWeights } from './part.ts';
import type { StepResult } from './step-result.ts';
import type { TaskSpec, TrainingStep } from './task.ts';

/** The data from which each thread builds its copy of the network. */
export interface ReplicaData {
  readonly spec: TaskSpec;
  /** Trained weights lie in memory that all threads share. */
  readonly weights: ModelWeights;
  readonly batchSize: number;
  /** Cores per run. */
  readonly threads: number;
}

/** One run of a replica. */
export interface ReplicaRun {
  readonly batch: Batch;
  readonly seed: number;
}

export interface ReplicaOptions {
  /** Number of replicas. */
  readonly replicas: number;
  readonly batchSize: number;
  /** Cores per replica; null: an equal share of all. */
  readonly threads: number | null;
}

/**
 * Replicas of a network in their own threads. Concurrent runs are computed in parallel, each by the next replica that
 * is free: on small pictures, several runs with one core each are faster than a sequence of runs with all cores.
 * @param weights Trained weights must be in shared memory: see `shareWeights`.
 */
export function startReplicas(spec: TaskSpec, weights: ModelWeights, options: ReplicaOptions): TrainingStep {
  const { replicas, batchSize } = options;
  const threads = options.threads ?? shareOfCores(replicas);
  const data: ReplicaData = { spec, weights, batchSize, threads };
  const module = new URL('./replica-worker', import.meta.url);
  const pool = new ThreadPool<ReplicaRun, StepResult>({ module, threads: replicas, data, tasksPerThread: 1 });
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
