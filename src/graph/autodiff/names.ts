/**
 * The name of the gradient of the loss with respect to the weight, input or output called `name`. Graphs that
 * take gradients of outputs (cotangents) and graphs that return gradients of weights use the same names.
 */
export function gradientName(name: string): string {
  return `grad(${name})`;
}
