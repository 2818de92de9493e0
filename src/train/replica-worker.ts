import { workerData } from 'node:worker_threads';
import { answerTasks } from '../core/node/thread-pool.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import { openNodeRuntime } from '../runtime/open-node-runtime.ts';
import { withThreads } from '../runtime/runtime.ts';
import { makeTask } from './make-task.ts';
import type { ReplicaData, ReplicaRun } from './replicas.ts';
import type { StepResult } from './step-result.ts';

/** The worker thread of `replicas.ts`: compiles its copy of the network, then computes the runs that it receives. */
const { spec, weights, batchSize, threads } = workerData as ReplicaData;
const task = makeTask(spec);
const trainable = task.trainable(weights.keys());
// ONNX Runtime does not accept shared memory: trained weights are copied for every run.
const own = new Map(weights);
for (const name of trainable) {
  const { shape, data } = weights.get(name) as Float32Tensor;
  own.set(name, float32Tensor(shape, new Float32Array(data.length)));
}
const network = await task.compile(own, {
  runtime: withThreads(await openNodeRuntime(), threads),
  trainable,
  batchSize,
});

function refreshWeights(): void {
  for (const name of trainable) own.get(name)?.data.set(weights.get(name)?.data ?? []);
}

answerTasks<ReplicaRun, StepResult>(
  ({ batch, seed }) => {
    refreshWeights();
    return network.run(batch, seed);
  },
  ({ gradients }) => [...gradients.values()].map(({ buffer }) => buffer as ArrayBuffer),
);
