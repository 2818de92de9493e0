import { MaskRcnnError } from '../core/errors.ts';

/** Training failed in a way that further steps cannot repair. */
class DivergenceError extends MaskRcnnError {
  override name = 'DivergenceError';
}

/** The metrics of a step that are checked. */
export interface StepReport {
  readonly step: number;
  readonly losses: Readonly<Record<string, number>>;
  /** √Σ g² */
  readonly gradientNorm: number;
  readonly pictures: readonly string[];
}

/**
 * Stops a run whose loss is not finite or has exploded, before the step damages the weights.
 * @param checkpoint The checkpoint to resume from, for the message.
 * @throws DivergenceError naming the loss, the pictures and the checkpoint.
 */
export function checkDivergence(
  { step, losses, gradientNorm, pictures }: StepReport,
  largestLoss: number,
  checkpoint: string,
): void {
  const wrong = Object.entries(losses).find(([, value]) => !(Math.abs(value) <= largestLoss));
  const found = wrong
    ? `${wrong[0]} is ${wrong[1]}`
    : Number.isFinite(gradientNorm)
      ? null
      : `the gradient is ${gradientNorm}`;
  if (found === null) return;
  throw new DivergenceError(
    `training diverged at step ${step}: ${found} on ${pictures.join(', ')}; ` +
      `a smaller learning rate may help; the last good weights are in ${checkpoint}`,
  );
}
