import type { ByteScale } from '../core/byte-scale.ts';
import { type Float32Tensor, float32Tensor, sizeOf, type Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { HoistedGraph, HoistedPool, HoistedRois } from '../graph/hoist-roi-align.ts';
import { newOutput, type OutputShape, outputShapes } from '../graph/output-room.ts';
import { ChannelsLastMaps, channelsLastOf, type StoredMaps } from '../ops/channels-last.ts';
import type { MapType } from '../ops/roi-align-kernel.ts';
import { RoiAligner, type RoiGroup } from '../ops/roi-aligner.ts';
import { moveToHost } from '../runtime/device-tensor.ts';
import type { Session, Tensors } from '../runtime/runtime.ts';

/** The aligners of a model. Each serves one run at a time and is kept, with its memory, for the next. */
export class RoiAligners {
  readonly #idle: RoiAligner[] = [];
  readonly #busy = new Set<RoiAligner>();

  /** An idle aligner, or a new one. */
  take(): RoiAligner {
    return this.#idle.pop() ?? new RoiAligner();
  }

  /** Releases the memory of a picture's maps, which must not be read afterwards. */
  reuse(pyramid: Readonly<Record<string, Float32Tensor>>): void {
    const held = Object.values(pyramid).filter((maps) => maps instanceof HeldMaps);
    this.#idle.push(...new Set(held.map(({ aligner }) => aligner)));
  }

  /**
   * Lends `count` aligners until the work is done.
   * @param preferred The first of them, unless it is busy.
   */
  async lend<Result>(
    count: number,
    preferred: RoiAligner | null,
    work: (aligners: readonly RoiAligner[]) => Promise<Result>,
  ): Promise<Result> {
    const first = preferred && !this.#busy.has(preferred) ? [preferred] : [];
    const others = Array.from({ length: count - first.length }, () => this.take());
    for (const aligner of first) this.#busy.add(aligner);
    try {
      return await work([...first, ...others]);
    } finally {
      for (const aligner of first) this.#busy.delete(aligner);
      this.#idle.push(...others);
    }
  }
}

/** Maps in the memory of an aligner, which pools from them in place. */
class HeldMaps extends ChannelsLastMaps {
  readonly aligner: RoiAligner;

  /** @param stored Their data is in the aligner's memory. */
  constructor({ tensor: { dtype, shape, data }, scale }: StoredMaps, aligner: RoiAligner) {
    const { byteOffset, length } = data;
    const tensor = {
      dtype,
      shape,
      // A new view each time: when the memory grows, older views of it become empty.
      get data() {
        return aligner.view(dtype, byteOffset, length);
      },
    };
    super({ tensor, scale } as StoredMaps);
    this.aligner = aligner;
  }
}

/**
 * A session with the inputs of the original graph that does RoIAlign on the host.
 * @param session Runs the graph that `hoistRoiAlign` returned.
 */
export function poolingOnHost(
  session: Session,
  { graph, pools }: HoistedGraph,
  aligners: RoiAligners,
): Session {
  if (pools.length === 0) return session;
  const names = graph.inputs.map(({ name }) => name);
  const [{ features }] = pools[0].rois;
  return {
    run: async (inputs) => {
      await moveToHost(inputs);
      const maps = inputs[features];
      const preferred = maps instanceof HeldMaps ? maps.aligner : null;
      return aligners.lend(pools.length, preferred, (lent) => {
        const pooled = pools.map((pool, i) => [pool.input, poolOne(pool, inputs, lent[i])]);
        const known: Tensors = { ...inputs, ...Object.fromEntries(pooled) };
        return session.run(Object.fromEntries(names.map((name) => [name, known[name]])));
      });
    },
    release: () => session.release(),
  };
}

/** How maps leave a session: `[N, H, W, C]`. */
export interface MapOutputs {
  readonly names: ReadonlySet<string>;
  /** Of those in bytes. */
  readonly scales: ReadonlyMap<string, ByteScale>;
}

/**
 * A session whose named outputs are `[N, H, W, C]` in memory and are presented as `[N, C, H, W]`. Where the graph
 * determines their sizes, they are written directly to the memory that RoIs are pooled from.
 * @param room The session's graph, and the aligners whose memory may be written; null where its runtime cannot write
 * outputs to given memory.
 */
export function showingChannelsFirst(
  session: Session,
  room: { graph: Graph; aligners: RoiAligners } | null,
  maps: MapOutputs,
): Session {
  return {
    run: async (inputs) => {
      const shapes = room && outputShapes(room.graph, inputs);
      if (!shapes) return withMaps(await session.run(inputs), maps, (stored) => new ChannelsLastMaps(stored));
      const aligner = room.aligners.take();
      const outputs = await session.run(inputs, roomFor(shapes, maps.names, aligner));
      return withMaps(outputs, maps, (stored) => new HeldMaps(stored, aligner));
    },
    release: () => session.release(),
  };
}

/** The outputs, with those of these names wrapped as maps. */
function withMaps(
  outputs: Record<string, Tensor>,
  { names, scales }: MapOutputs,
  wrap: (stored: StoredMaps) => ChannelsLastMaps,
): Record<string, Tensor> {
  const wrapped = [...names].map((name) => {
    const stored = { tensor: outputs[name], scale: scales.get(name) } as StoredMaps;
    return [name, wrap(stored)];
  });
  return { ...outputs, ...Object.fromEntries(wrapped) };
}

/** Memory for all outputs of a graph, for the maps in that of an aligner. */
function roomFor(
  shapes: ReadonlyMap<string, OutputShape>,
  maps: ReadonlySet<string>,
  aligner: RoiAligner,
): Tensors {
  const pooled = [...shapes].filter(([name]) => maps.has(name)) as [string, OutputShape<MapType>][];
  const starts = aligner.hold(pooled.map(([, { dtype, shape }]) => bytesPer[dtype] * sizeOf(shape)));
  const room: Record<string, Tensor> = {};
  pooled.forEach(([name, { dtype, shape }], i) => {
    room[name] = { dtype, shape, data: aligner.view(dtype, starts[i], sizeOf(shape)) };
  });
  for (const [name, shape] of shapes) room[name] ??= newOutput(shape);
  return room;
}

const bytesPer: Record<MapType, number> = { float32: 4, uint8: 1 };

/** The pooled features, in the aligner's memory. */
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
    ...channelsLastOf(features),
    boxes: inputs[names.boxes].data as Float32Array,
    batchIndex: inputs[names.batchIndex].data as BigInt64Array,
    options: names.parameters,
  };
}
