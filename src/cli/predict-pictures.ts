import { writeAtomically } from '../core/node/atomic-write.ts';
import { plural } from '../core/plural.ts';
import type { Picture } from '../image/picture.ts';
import type { PictureSource } from '../image/picture-source.ts';
import type { PlaneChoice } from '../image/plane-choice.ts';
import type { PredictionChoices } from '../predict/choices.ts';
import type { Prediction } from '../predict/instance.ts';
import type { Model } from '../predict/model.ts';
import { resultEntries } from '../predict/result-entry.ts';
import type { TilePlan } from '../predict/tiles/tile-plan.ts';
import type { ResultIds } from '../score/dataset-ids.ts';
import { type DrawOptions, drawInstances } from '../vis/draw-instances.ts';
import { describeFailure } from './failure.ts';
import { LimitNote } from './limit-note.ts';
import { note } from './output.ts';
import { startProgress } from './progress.ts';
import type { ResultSink } from './results.ts';

export interface PictureWork {
  readonly path: string;
  readonly choice: PlaneChoice;
  /** In the results; several where a data set lists a file several times. */
  readonly imageIds: readonly number[];
  /** The overlay to write, if any. */
  readonly overlay: string | undefined;
}

export interface PredictWork {
  pictures: readonly PictureWork[];
  model: Pick<Model<PictureSource>, 'predictEach'>;
  ids: Pick<ResultIds, 'categoryId'>;
  /** Of overlays; default 1. */
  overlayScale?: DrawOptions['scale'];
  choices: PredictionChoices;
  /** Whether to print one line per picture on stdout. */
  summaries: boolean;
}

/**
 * Predicts pictures one by one, with progress on stderr. Unusable pictures are reported there and skipped.
 * @returns The number of skipped pictures.
 * @throws Any failure to write the output, because it affects every picture.
 */
export async function predictPictures(work: PredictWork, sink: ResultSink): Promise<number> {
  const { pictures, model, ids, choices } = work;
  const progress = startProgress('predicting', pictures.length, { unit: 'pictures' });
  const limit = new LimitNote();
  let failed = 0;
  const fail = (error: unknown) => {
    failed += 1;
    progress.note(describeFailure(error, false));
    progress.advance();
  };
  // The overlay of one picture is drawn while the network processes the next.
  let drawing: Promise<{ error: unknown } | null> = Promise.resolve(null);
  const drawn = async () => {
    const failure = await drawing;
    if (failure) throw failure.error;
  };
  const onTile = (tile: number, total: number) => progress.within(tile / total, `tile ${tile}/${total}`);
  let shownTiles = '';
  try {
    for await (const outcome of model.predictEach(pictures.map(sourceOf), { ...choices, onTile })) {
      await drawn();
      if ('error' in outcome) {
        fail(outcome.error);
        continue;
      }
      const { prediction, picture, index } = outcome;
      const { path, choice, imageIds, overlay } = pictures[index];
      for (const imageId of imageIds) await sink(resultEntries({ path, imageId }, prediction, ids));
      limit.count(path, prediction);
      if (overlay !== undefined && picture === null) {
        progress.note(`${path}: too large for an overlay; its instances are in the other outputs`);
      } else if (overlay !== undefined && picture) {
        drawing = settle(writeOverlay(overlay, { picture, prediction, scale: work.overlayScale }));
      }
      const page = choice.page === undefined ? '' : ` page ${choice.page}`;
      const tiles = prediction.tiles ? describeTiles(prediction.tiles) : '';
      if (tiles !== shownTiles) progress.note(`${path}: ${tiles}`);
      shownTiles = tiles;
      if (work.summaries) await progress.print(summaryOf(path + page, prediction));
      progress.advance();
    }
    await drawn();
  } finally {
    progress.finish();
  }
  limit.show();
  if (failed > 0) note(`mask-rcnn: ${failed} of ${plural(pictures.length, 'picture')} failed`);
  return failed;
}

function sourceOf({ path, choice }: PictureWork): PictureSource {
  const { page, channel } = choice;
  return page === undefined && channel === undefined ? path : { file: path, page, channel };
}

interface Overlay {
  readonly picture: Picture;
  readonly prediction: Prediction;
  readonly scale: DrawOptions['scale'];
}

async function writeOverlay(path: string, { picture, prediction, scale }: Overlay): Promise<void> {
  await writeAtomically(path, await drawInstances(picture, prediction.instances, { scale }));
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
  const counts = new Map<string, number>();
  for (const { category } of instances) counts.set(category.name, (counts.get(category.name) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
  const list = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  return `${path}: ${plural(instances.length, 'instance')}${list}`;
}
