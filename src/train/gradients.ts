import type { Gradients } from './optimizer.ts';

/**
 * Scales all gradients together so that their norm is at most `limit`, in place (Pascanu et al. 2013;
 * `torch.nn.utils.clip_grad_norm_`).
 * @returns The norm before.
 */
export function clipGradients(gradients: Gradients, limit: number): number {
  const norm = gradientNorm(gradients);
  const factor = limit / (norm + 1e-6);
  if (factor < 1) scaleGradients(gradients, factor);
  return norm;
}

/** √Σ g² over every element of every gradient. */
export function gradientNorm(gradients: Gradients): number {
  let total = 0;
  for (const gradient of gradients.values()) {
    for (let i = 0; i < gradient.length; i++) total += gradient[i] * gradient[i];
  }
  return Math.sqrt(total);
}

/** Multiplies every gradient, in place. */
export function scaleGradients(gradients: Gradients, factor: number): void {
  for (const gradient of gradients.values()) {
    for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  }
}

/** Adds gradients to a running sum, in place; a tensor that is new there is copied. */
export function accumulateGradients(sum: Map<string, Float32Array>, gradients: Gradients): void {
  for (const [name, gradient] of gradients) {
    const total = sum.get(name);
    if (!total) sum.set(name, gradient.slice());
    else for (let i = 0; i < gradient.length; i++) total[i] += gradient[i];
  }
}
