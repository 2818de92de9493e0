import { f32x4 } from '../core/wasm.ts';
import { elementKernel } from './element-kernel.ts';
import type { Gradients } from './optimizer.ts';

/**
 * The factor by which all gradients must be multiplied so that their norm is at most `limit` (Pascanu et al.
 * 2013; `torch.nn.utils.clip_grad_norm_`).
 * @param limit Null for no limit.
 */
export function clippingScale(norm: number, limit: number | null): number {
  return limit === null ? 1 : Math.min(1, limit / (norm + 1e-6));
}

/** √Σ g² over all elements of all gradients. */
export function gradientNorm(gradients: Gradients): number {
  let total = 0;
  for (const gradient of gradients.values()) total += sumOfSquares(gradient);
  return Math.sqrt(total);
}

/** Four independent sums: a single one would wait for each addition. */
function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += values[i] * values[i];
  return a + b + (c + d);
}

/** Adds gradients to a running sum, in place. The first one of a weight becomes its sum. */
export function accumulateGradients(sum: Map<string, Float32Array>, gradients: Gradients): void {
  for (const [name, gradient] of gradients) {
    const total = sum.get(name);
    if (total) add([total, gradient], []);
    else sum.set(name, gradient);
  }
}

const add = elementKernel({
  arrays: 2,
  numbers: 0,
  formula: ({ element }) => [{ array: 0, value: f32x4.add(element(0), element(1)) }],
});
