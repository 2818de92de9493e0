import type { Tensor } from '../core/tensor.ts';

/** Named tensors into or out of a session. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A compiled model, ready to run. */
export interface Session {
  /**
   * Feeds every input and gives every output. Inputs are read, not kept; those that the model lacks are left out.
   * @param room Tensors of the right shapes in whose data outputs of these names should be written. A runtime that
   * cannot do so gives others.
   */
  run(inputs: Tensors, room?: Tensors): Promise<Record<string, Tensor>>;
  /** Frees the memory outside the JavaScript heap; the session cannot run afterwards. */
  release(): Promise<void>;
}

export interface SessionOptions {
  /** Threads that one run uses; by default the runtime's own choice, one for each core. */
  threads?: number | undefined;
}

/** What runs graphs: ONNX Runtime in Node or in the browser. */
export interface Runtime {
  readonly name: string;
  /** ONNX operators that its device leaves to another one, with copies to and fro. None where it is left out. */
  readonly lacks?: readonly string[];
  /** Whether it writes outputs where the caller wants them (`room` of a session's run). */
  readonly takesRoom?: boolean;
  /** Whether products of matrices are so fast that Winograd's way of convolution pays. None where it is left out. */
  readonly multipliesFast?: boolean;
  /** @param model The bytes of an ONNX model. */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}

/** The same runtime with a default number of threads. */
export function withThreads(runtime: Runtime, threads: number): Runtime {
  return {
    ...runtime,
    createSession: (model, options) =>
      runtime.createSession(model, { ...options, threads: options?.threads ?? threads }),
  };
}
