import { type JsonLines, openJsonLines } from './json-lines.ts';
import type { Metrics } from './metric.ts';
import { openTensorBoard, type TensorBoard } from './tensorboard.ts';

/** Where a run writes its figures: a line of JSON and TensorBoard events for each step. */
export interface MetricsLog {
  /** All figures so far, those of the run that this one goes on with included. */
  readonly history: readonly Metrics[];
  write(metrics: Metrics): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the log of a run in its folder: `metrics.jsonl`, `events.out.tfevents.*`.
 * @param fromStep What was logged for this step and later ones is dropped: the run is about to make them again.
 */
export async function openMetrics(folder: string, fromStep: number): Promise<MetricsLog> {
  const lines: JsonLines = await openJsonLines(folder, fromStep);
  const board: TensorBoard = await openTensorBoard(folder, fromStep);
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
