import type { Tensor } from '../core/tensor.ts';

/** Named tensors into or out of a session. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A compiled model, ready to run. */
export interface Session {
  /**
   * Feeds every input and returns every output. Inputs are read, not kept; those that the model does not have
   * are ignored.
   * @param room Tensors of the right shapes into whose data the outputs of these names should be written. A
   * runtime that cannot do so allocates others. An output that is no tensor is not returned.
   */
  run(inputs: Tensors, room?: Tensors): Promise<Record<string, Tensor>>;
  /** Frees the memory outside the JavaScript heap; the session cannot run afterwards. */
  release(): Promise<void>;
}

export interface SessionOptions {
  /** Names of outputs that stay in the device's memory, as a {@link DeviceTensor}, if the runtime can do so. */
  kept?: readonly string[] | undefined;
  /** Threads for one run. Default: the runtime's choice, one per core. */
  threads?: number | undefined;
}

/** Runs graphs: ONNX Runtime in Node or in the browser. */
export interface Runtime {
  readonly name: string;
  /**
   * What the device cannot compute itself, or not well: ONNX operators; `MaxPool.Indices`, that operator's second output;
   * `Conv.Multiplier`, grouped convolutions with several outputs per channel. Default: nothing.
   */
  readonly lacks?: readonly string[];
  /** Whether it computes on a device beside the processor. Default: false. */
  readonly isDevice?: boolean;
  /** Whether it computes RoIAlign faster than the host. Default: false. */
  readonly alignsRois?: boolean;
  /** Whether outputs can stay in the device's memory (`kept` of {@link SessionOptions}). Default: false. */
  readonly keepsOutputs?: boolean;
  /**
   * Whether outputs can be written into the caller's memory (`room` of {@link Session.run}). Of models whose first output is no
   * tensor, none is copied then. Default: false.
   */
  readonly takesRoom?: boolean;
  /** Whether matrix products are fast enough that Winograd convolution pays. Default: false. */
  readonly multipliesFast?: boolean;
  /** Whether convolutions of bytes are faster than those of floats. Default: false. */
  readonly multipliesBytes?: boolean;
  /** Whether it has half precision, and gains by it. Default: false. */
  readonly computesHalf?: boolean;
  /** Whether the operators for channels in blocks exist (`channelBlockOf`). Default: false. */
  readonly blocksChannels?: boolean;
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
