import type { Tensor } from '../core/tensor.ts';
import { gradientName } from '../graph/autodiff/names.ts';
import { runningStatisticOf } from '../graph/batch-norm.ts';

/** The results of one batch. */
export interface StepResult {
  /** By torchvision's names. */
  readonly losses: Readonly<Record<string, number>>;
  /** Gradients of the sum of the losses, by weight. */
  readonly gradients: Map<string, Float32Array>;
  /** Mean and variance of the batch, by the name of the running statistic; empty if norms are frozen. */
  readonly statistics: Map<string, Float32Array>;
}

/** Reads the outputs of a step's parts. @param losses Names in the order in which they are reported; not all need be there. */
export function stepResult(
  outputs: Readonly<Record<string, Tensor>>,
  losses: readonly string[],
  trainable: ReadonlySet<string>,
): StepResult {
  const present = losses.filter((name) => name in outputs);
  return {
    losses: Object.fromEntries(present.map((name) => [name, Number(outputs[name].data[0])])),
    gradients: weightGradients(outputs, trainable),
    statistics: batchStatistics(outputs),
  };
}

function weightGradients(
  outputs: Readonly<Record<string, Tensor>>,
  trainable: ReadonlySet<string>,
): Map<string, Float32Array> {
  const gradients = new Map<string, Float32Array>();
  for (const name of trainable) {
    const gradient = outputs[gradientName(name)];
    if (gradient) gradients.set(name, gradient.data as Float32Array);
  }
  return gradients;
}

function batchStatistics(outputs: Readonly<Record<string, Tensor>>): Map<string, Float32Array> {
  const statistics = new Map<string, Float32Array>();
  for (const [output, { data }] of Object.entries(outputs)) {
    const name = runningStatisticOf(output);
    if (name !== undefined) statistics.set(name, data as Float32Array);
  }
  return statistics;
}
