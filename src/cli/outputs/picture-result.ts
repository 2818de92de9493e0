import type { Picture } from '../../image/picture.ts';
import type { Prediction } from '../../predict/instance.ts';

/** The prediction of one picture. */
export interface PictureResult {
  /** As the user named it. */
  readonly path: string;
  readonly imageId: number;
  readonly prediction: Prediction;
  readonly picture: Picture;
}

/** Receives the results of one picture after another. */
export type ResultSink = (result: PictureResult) => Promise<void>;

/**
 * One output of a run: opens it, calls `produce`, and completes it. If `produce` throws, a file that holds all pictures
 * does not appear.
 */
export type ResultOutput = (produce: (sink: ResultSink) => Promise<void>) => Promise<void>;

/** Several outputs as one; each picture goes to them in order. */
export function allOutputs(outputs: readonly ResultOutput[]): ResultOutput {
  return outputs.reduceRight<ResultOutput>(
    (rest, output) => (produce) =>
      output((sink) =>
        rest((sinkOfRest) =>
          produce(async (result) => {
            await sink(result);
            await sinkOfRest(result);
          }),
        ),
      ),
    (produce) => produce(async () => {}),
  );
}
