/** The entry of the processes that predict the chunks of a queue. */
import { workForParent } from '../pool/work-for-parent.ts';
import { load } from '../predict/load/node.ts';
import { type ChunkAnswer, type ChunkTask, predictChunk } from './predict-chunk.ts';

/** The argument that the process is started with. */
export interface ChunkSettings {
  /** Path of a model file. */
  readonly modelFile: string;
  /** Threads of one prediction. Default: one for each core. */
  readonly threads: number | undefined;
}

await workForParent<ChunkSettings, ChunkTask, ChunkAnswer>(async ({ modelFile, threads }) => {
  const model = await load(modelFile, { threads });
  return (task) => predictChunk(model, task);
});
