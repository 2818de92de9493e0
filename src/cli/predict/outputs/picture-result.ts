import type { Picture } from '../../../image/picture.ts';
import { titleOfPlane } from '../../../image/plane-choice.ts';
import type { Prediction } from '../../../predict/instance.ts';

/** The prediction of one picture. */
export interface PictureResult {
  /** Position among the pictures of the run, as the paths of its files have it. */
  readonly position: number;
  /** As the user named it. */
  readonly path: string;
  /** Of a stack, from 1. */
  readonly page?: number | undefined;
  /** Of a microscope picture: number, from 1, or name. */
  readonly channel?: number | string | undefined;
  /** Several where a data set lists a file several times. */
  readonly imageIds: readonly number[];
  readonly prediction: Prediction;
  /** Null where a large file was read in parts. */
  readonly picture: Picture | null;
}

/** What lists call a picture: its path, and the page of a stack. */
export function titleOf({ path, page }: Pick<PictureResult, 'path' | 'page'>): string {
  return titleOfPlane(path, { page });
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
