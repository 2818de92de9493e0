import { plural } from '../core/plural.ts';
import type { Prediction } from '../predict/instance.ts';
import type { Model } from '../predict/model.ts';
import { describeFailure } from './failure.ts';
import { note } from './output.ts';
import type { PictureResult, ResultSink } from './outputs/picture-result.ts';
import { startProgress } from './progress.ts';

export interface PredictWork {
  /** Path → image id in the results. */
  pictures: ReadonlyMap<string, number>;
  model: Pick<Model<string>, 'predictEach'>;
  /** Minimum score of an instance, 0…1; default: the model's own. */
  score: number | undefined;
  /** Whether to print one line per picture on stdout. */
  summaries: boolean;
}

/**
 * Predicts pictures one by one, with progress on stderr. Unusable pictures are reported there and skipped.
 * @returns The number of skipped pictures.
 * @throws Any failure to write the output, because it affects every picture.
 */
export async function predictPictures(work: PredictWork, sink: ResultSink): Promise<number> {
  const { pictures, model, score } = work;
  const progress = startProgress('predicting', pictures.size, { unit: 'pictures' });
  let failed = 0;
  const fail = (error: unknown) => {
    failed += 1;
    progress.note(describeFailure(error, false));
    progress.advance();
  };
  const write = async (result: PictureResult) => {
    await sink(result);
    if (work.summaries) await progress.print(summaryOf(result.path, result.prediction));
    progress.advance();
  };
  // The results of one picture are written while the network processes the next.
  let writing: Promise<{ error: unknown } | null> = Promise.resolve(null);
  const written = async () => {
    const failure = await writing;
    if (failure) throw failure.error;
  };
  try {
    for await (const outcome of model.predictEach(pictures.keys(), { score })) {
      await written();
      if ('error' in outcome) {
        fail(outcome.error);
        continue;
      }
      const { source: path, prediction, picture } = outcome;
      writing = settle(write({ path, imageId: pictures.get(path)!, prediction, picture }));
    }
    await written();
  } finally {
    // No output may be closed while it is written.
    await writing;
    progress.finish();
  }
  if (failed > 0) note(`mask-rcnn: ${failed} of ${plural(pictures.size, 'picture')} failed`);
  return failed;
}

/** Holds a failure until it is awaited, so that it does not become an unhandled rejection. */
async function settle(work: Promise<void>): Promise<{ error: unknown } | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return { error };
  }
}

/** `street.jpg: 5 instances (3 person, 2 car)` */
function summaryOf(path: string, { instances }: Prediction): string {
  const counts = new Map<string, number>();
  for (const { category } of instances) counts.set(category.name, (counts.get(category.name) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
  const list = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  return `${path}: ${plural(instances.length, 'instance')}${list}`;
}
