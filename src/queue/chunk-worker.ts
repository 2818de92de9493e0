/** The entry of the processes that predict the chunks of a queue. */
import type { ComputeOptions } from '../config/device.ts';
import { workForParent } from '../pool/work-for-parent.ts';
import { load } from '../predict/load/node.ts';
import { type ChunkAnswer, type ChunkTask, predictChunk } from './predict-chunk.ts';

/** The argument that the process is started with. */
export interface ChunkSettings {
  /** Path of a model file. */
  readonly modelFile: string;
  readonly compute: ComputeOptions;
}

await workForParent<ChunkSettings, ChunkTask, ChunkAnswer>(async ({ modelFile, compute }) => {
  const model = await load(modelFile, compute);
  return (task) => predictChunk(model, task);
});
