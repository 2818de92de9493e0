import { type JsonLines, openJsonLines } from './json-lines.ts';
import type { Metrics } from './metric.ts';
import { openTensorBoard, type TensorBoard } from './tensorboard.ts';

/** The log of a run: a JSON line and TensorBoard events for each step. */
export interface MetricsLog {
  /** All metrics so far, including those of the run that this one resumes. */
  readonly history: readonly Metrics[];
  write(metrics: Metrics): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the log of a run in its folder: `metrics.jsonl`, `events.out.tfevents.*`.
 * @param fromStep The first step of this run. Earlier log entries for it and later steps are discarded, since they will be
 *   written again.
 * @throws InputError if a file cannot be written.
 */
export async function openMetrics(folder: string, fromStep: number): Promise<MetricsLog> {
  const lines: JsonLines = await openJsonLines(folder, fromStep);
  const board: TensorBoard = await openTensorBoard(folder, fromStep).catch(async (error: unknown) => {
    await lines.close();
    throw error;
  });
  const history = [...lines.earlier];
  return {
    history,
    async write(metrics) {
      history.push(metrics);
      await lines.write(metrics);
      await board.write(metrics);
    },
    async close() {
      await lines.close();
      await board.close();
    },
  };
}
