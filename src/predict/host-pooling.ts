import { ChannelsLastMaps, channelsLastOf } from '../core/channels-last.ts';
import { type Float32Tensor, float32Tensor, type Tensor } from '../core/tensor.ts';
import type { HoistedGraph, HoistedPool, HoistedRois } from '../graph/hoist-roi-align.ts';
import { RoiAligner, type RoiGroup } from '../ops/roi-aligner.ts';
import type { Session, Tensors } from '../runtime/runtime.ts';

/** The aligners of a model: each is used by one run at a time, and kept for the next. */
export class RoiAligners {
  readonly #idle: RoiAligner[] = [];

  /** Lends `count` aligners until the work is done. */
  async lend<Result>(
    count: number,
    work: (aligners: readonly RoiAligner[]) => Promise<Result>,
  ): Promise<Result> {
    const lent = Array.from({ length: count }, () => this.#idle.pop() ?? new RoiAligner());
    try {
      return await work(lent);
    } finally {
      this.#idle.push(...lent);
    }
  }
}

/**
 * A session that takes the inputs of a graph with RoIAlign and does that on the host.
 * @param session Runs what `hoistRoiAlign` left of the graph.
 */
export function poolingOnHost(
  session: Session,
  { graph, pools }: HoistedGraph,
  aligners: RoiAligners,
): Session {
  if (pools.length === 0) return session;
  const names = graph.inputs.map(({ name }) => name);
  return {
    run: (inputs) =>
      aligners.lend(pools.length, (lent) => {
        const pooled = pools.map((pool, i) => [pool.input, poolOne(pool, inputs, lent[i])]);
        const known: Tensors = { ...inputs, ...Object.fromEntries(pooled) };
        return session.run(Object.fromEntries(names.map((name) => [name, known[name]])));
      }),
    release: () => session.release(),
  };
}

/** A session whose named outputs, transposed to `[N, H, W, C]`, are shown as the `[N, C, H, W]` that they stand for. */
export function showingChannelsFirst(session: Session, names: ReadonlySet<string>): Session {
  return {
    run: async (inputs) => {
      const outputs = await session.run(inputs);
      for (const name of names) outputs[name] = new ChannelsLastMaps(outputs[name] as Float32Tensor);
      return outputs;
    },
    release: () => session.release(),
  };
}

/** The pooled features; they lie in the aligner's memory. */
function poolOne({ rois }: HoistedPool, inputs: Tensors, aligner: RoiAligner): Tensor {
  const groups = rois.map((names) => groupOf(names, inputs));
  const [{ maps, options }] = groups;
  const count = groups.reduce((sum, { batchIndex }) => sum + batchIndex.length, 0);
  const shape = [count, maps.channels, options.resolution, options.resolution];
  return float32Tensor(shape, aligner.pool(groups));
}

function groupOf(names: HoistedRois, inputs: Tensors): RoiGroup {
  const features = inputs[names.features] as Float32Tensor;
  const [, channels, height, width] = features.shape;
  return {
    maps: { height, width, channels },
    data: channelsLastOf(features),
    boxes: inputs[names.boxes].data as Float32Array,
    batchIndex: inputs[names.batchIndex].data as BigInt64Array,
    options: names.parameters,
  };
}
