import { addDims, type Dim, floorDivideDim, printShape, type Shape, sameDim } from './dim.ts';
import type { Value } from './graph.ts';

/** An invalid graph: a bug in the code that built it, not a problem with the user's data. */
export class GraphError extends Error {
  override name = 'GraphError';
}

/** Output extent of a sliding window: ⌊(extent + 2·padding − kernel) / stride⌋ + 1. */
export function windowed(extent: Dim, kernel: number, stride: number, padding: number): Dim {
  return addDims(floorDivideDim(addDims(extent, 2 * padding - kernel), stride), 1);
}

/** The shape of an element-wise operation: extents are equal, or one of them is 1. */
export function broadcast(a: Value, b: Value): Shape {
  if (a.shape.length !== b.shape.length) {
    throw new GraphError(`cannot combine ${describe(a)} and ${describe(b)}: ranks differ`);
  }
  return a.shape.map((dim, axis) => {
    const other = b.shape[axis];
    if (dim === 1) return other;
    if (other === 1 || sameDim(dim, other)) return dim;
    throw new GraphError(`cannot combine ${describe(a)} and ${describe(b)}: axis ${axis} differs`);
  });
}

/** The shape of a value, which must exist and have `rank` axes. */
export function axes(value: Value | undefined, rank: number): Shape {
  if (!value) throw new GraphError(`an input of rank ${rank} is missing`);
  if (value.shape.length !== rank) throw new GraphError(`${describe(value)} should have ${rank} axes`);
  return value.shape;
}

/** An extent that must be known at build time. */
export function known(dim: Dim): number {
  if (typeof dim !== 'number') throw new GraphError('a kernel needs a known size');
  return dim;
}

export function expectDim(actual: Dim, expected: Dim, what: string): void {
  if (!sameDim(actual, expected)) {
    throw new GraphError(`${what} should be ${printShape([expected])}, not ${printShape([actual])}`);
  }
}

export function expectShape(value: Value | undefined, shape: Shape): void {
  axes(value, shape.length).forEach((dim, axis) => {
    expectDim(dim, shape[axis], `${value?.name}: axis ${axis}`);
  });
}

/** The name and shape of a value, for messages. */
export function describe(value: Value): string {
  return `${value.name} ${printShape(value.shape)}`;
}
