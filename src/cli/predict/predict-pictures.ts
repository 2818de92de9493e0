import { plural } from '../../core/plural.ts';
import { sourceOf } from '../../data/coco/picture-files.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import type { PredictionChoices } from '../../predict/choices.ts';
import type { Prediction } from '../../predict/instance.ts';
import type { Model } from '../../predict/model.ts';
import type { TilePlan } from '../../predict/tiles/tile-plan.ts';
import { describeFailure } from '../terminal/failure.ts';
import { LimitNote, limitOf } from '../terminal/limit-note.ts';
import { startProgress } from '../terminal/progress.ts';
import { ClassCounts } from './class-counts.ts';
import { type PictureResult, type ResultSink, titleOf } from './outputs/picture-result.ts';

/** A picture to predict, or a page of one. */
export interface PictureWork extends Pick<PictureResult, 'position' | 'path' | 'imageIds'> {
  readonly choice: PlaneChoice;
}

export interface PredictWork {
  pictures: readonly PictureWork[];
  model: Pick<Model<PictureSource>, 'predictEach' | 'config'>;
  choices: PredictionChoices;
  /** Whether to print one line per picture on stdout. */
  summaries: boolean;
  /** Called with each picture that cannot be predicted, in its place among the results. */
  onFailed?: ((picture: PictureWork, error: unknown) => void) | undefined;
}

/**
 * Predicts pictures one by one, with progress on stderr. Unusable pictures are reported there and skipped.
 * @returns The number of skipped pictures.
 * @throws Any failure to write the output, because it affects every picture.
 */
export async function predictPictures(work: PredictWork, sink: ResultSink): Promise<number> {
  const { pictures, model, choices } = work;
  const progress = startProgress('predicting', pictures.length, { unit: 'pictures' });
  const limit = new LimitNote(limitOf(model.config, choices));
  let failed = 0;
  const fail = (error: unknown) => {
    failed += 1;
    progress.note(describeFailure(error, false));
    progress.advance();
  };
  let shownTiles = '';
  const write = async (result: PictureResult) => {
    await sink(result);
    const { prediction } = result;
    limit.count(titleOf(result), prediction);
    const tiles = prediction.tiles ? describeTiles(prediction.tiles) : '';
    if (tiles !== shownTiles) progress.note(`${titleOf(result)}: ${tiles}`);
    shownTiles = tiles;
    if (work.summaries) await progress.print(summaryOf(titleOf(result), prediction));
    progress.advance();
  };
  // The results of one picture are written while the network processes the next.
  let writing: Promise<{ error: unknown } | null> = Promise.resolve(null);
  const written = async () => {
    const failure = await writing;
    if (failure) throw failure.error;
  };
  const onTile = (tile: number, total: number) => progress.within(tile / total, `tile ${tile}/${total}`);
  try {
    for await (const outcome of model.predictEach(pictures.map(sourceOf), { ...choices, onTile })) {
      await written();
      if ('error' in outcome) {
        fail(outcome.error);
        work.onFailed?.(pictures[outcome.index], outcome.error);
        continue;
      }
      const { prediction, picture, index } = outcome;
      const { choice, ...place } = pictures[index];
      writing = settle(write({ ...place, ...choice, prediction, picture }));
    }
    await written();
  } finally {
    // No output may be closed while it is written.
    await writing;
    progress.finish();
  }
  limit.show();
  return failed;
}

/** `tiles of 372 pixels, overlapping by 20 %, magnified 2.75 times` */
function describeTiles({ side, overlap, scale }: TilePlan): string {
  const resized = scale === 1 ? 'not resized' : `magnified ${Number(scale.toPrecision(3))} times`;
  return `tiles of ${side} pixels, overlapping by ${Math.round(100 * overlap)} %, ${resized}`;
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
  const counts = new ClassCounts();
  for (const { category } of instances) counts.add(category.name);
  const list = counts.total > 0 ? ` (${counts})` : '';
  return `${path}: ${plural(instances.length, 'instance')}${list}`;
}
