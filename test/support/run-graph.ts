import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { emitOnnx } from '../../src/graph/onnx/emit.ts';
import { verifyGraph } from '../../src/graph/verify.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import type { Runtime, SessionOptions, Tensors } from '../../src/runtime/runtime.ts';

/** Where and with how many threads a graph runs; by default one thread of the native library. */
export interface RunOptions extends SessionOptions {
  runtime?: Runtime;
}

/** Verifies a graph and runs it once on those of the tensors that are its inputs and weights. */
export async function runGraph(
  graph: Graph,
  tensors: Tensors,
  { runtime = nodeRuntime, threads = 1 }: RunOptions = {},
): Promise<Record<string, Tensor>> {
  verifyGraph(graph);
  const session = await runtime.createSession(emitOnnx(graph), { threads });
  try {
    return await session.run(operandsOf(graph, tensors));
  } finally {
    await session.release();
  }
}

/** Those of the tensors that a graph takes. */
export function operandsOf(graph: Graph, tensors: Tensors): Tensors {
  return Object.fromEntries([...graph.inputs, ...graph.weights].map(({ name }) => [name, tensors[name]]));
}
