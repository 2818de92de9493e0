import { InputError, MaskRcnnError, messageOf, UsageError } from '../core/errors.ts';
import { fetchPicture, maxPictureBytes } from '../image/fetch-picture.ts';
import type { PictureFile, PictureSource } from '../image/picture-source.ts';
import type { PlaneChoice } from '../image/plane-choice.ts';
import type { PredictionChoices } from '../predict/choices.ts';
import type { Prediction } from '../predict/instance.ts';
import type { Model } from '../predict/model.ts';
import { type LineOutcome, resultLine } from '../predict/result-line.ts';
import type { Place } from './permissions.ts';
import { readObject } from './s3.ts';

/** A picture of a chunk and where this worker finds it. */
export interface ChunkPicture {
  /** As the user named it. */
  readonly name: string;
  /** In the run, from 0. */
  readonly position: number;
  /** Where this worker may not use the picture: why. */
  readonly place: Place | { readonly kind: 'refused'; readonly reason: string };
}

/** A chunk for the process that has the model. */
export interface ChunkTask {
  readonly pictures: readonly ChunkPicture[];
  /** The model as the user named it. */
  readonly model: string;
  readonly choices: PredictionChoices;
  readonly plane: PlaneChoice;
  /** Larger pictures are refused. Default: as `predict`. */
  readonly maxPixels?: number | undefined;
}

export type ChunkAnswer =
  | {
      /** A line of NDJSON for each picture, in their order. */
      readonly lines: readonly string[];
      /** Positions of the pictures that have an error instead of a prediction. */
      readonly failed: readonly number[];
    }
  /** The model does not have what was chosen. */
  | { readonly refused: string }
  /** The model failed, rather than a picture. */
  | { readonly problem: string };

/** Pictures that are fetched ahead of the one that is being decoded. */
const fetchAhead = 3;

/** Predicts the pictures of a chunk as `predict` does. A picture that cannot be used has a line with its error. */
export async function predictChunk(
  model: Pick<Model<PictureSource>, 'predictEach'>,
  task: ChunkTask,
): Promise<ChunkAnswer> {
  const { pictures, choices, plane } = task;
  const lines: string[] = new Array(pictures.length);
  const failed: number[] = [];
  const named = (index: number) => ({
    file_name: pictures[index].name,
    page: plane.page,
    image_id: pictures[index].position,
    model: task.model,
  });
  const fail = (index: number, error: unknown) => {
    failed.push(pictures[index].position);
    lines[index] = resultLine(named(index), { error: messageOf(error) });
  };
  const indices: number[] = [];
  const sources = sourcesOf(task, (index) => indices.push(index), fail);
  try {
    for await (const outcome of model.predictEach(sources, choices)) {
      const index = indices[outcome.index];
      if ('error' in outcome) fail(index, outcome.error);
      else lines[index] = resultLine(named(index), outcomeOf(outcome.prediction));
    }
  } catch (error) {
    return error instanceof UsageError ? { refused: error.message } : { problem: messageOf(error) };
  }
  return { lines, failed };
}

/** With the number of instances that the limit left out, so that `collect` can say it. */
function outcomeOf(prediction: Prediction): LineOutcome {
  const { omitted } = prediction;
  return { ...prediction.toJSON(), ...(omitted > 0 ? { omitted } : {}) };
}

/** The pictures that can be fetched. @param next Called with the index of each before it is yielded. */
async function* sourcesOf(
  { pictures, plane, maxPixels }: ChunkTask,
  next: (index: number) => void,
  fail: (index: number, error: unknown) => void,
): AsyncGenerator<PictureFile> {
  const waiting: { index: number; file: Promise<Fetched> }[] = [];
  const limits = maxPixels === undefined ? {} : { maxPixels };
  const take = async function* (): AsyncGenerator<PictureFile> {
    const { index, file } = waiting.shift()!;
    const fetched = await file;
    if ('error' in fetched) return fail(index, fetched.error);
    next(index);
    yield { file: fetched.file, name: pictures[index].name, ...plane, ...limits };
  };
  for (const [index, picture] of pictures.entries()) {
    waiting.push({ index, file: fetchPlace(picture) });
    if (waiting.length > fetchAhead) yield* take();
  }
  while (waiting.length > 0) yield* take();
}

type Fetched = { file: string | Uint8Array } | { error: unknown };

/** A file is read when it is decoded; the rest is fetched now. */
async function fetchPlace({ name, place }: ChunkPicture): Promise<Fetched> {
  try {
    if (place.kind === 'refused') throw new MaskRcnnError(place.reason);
    if (place.kind === 'file') return { file: place.path };
    if (place.kind === 'http')
      return { file: await fetchPicture(place.address, { redirect: place.redirect }) };
    const bytes = await readObject(place, maxPictureBytes);
    if (bytes === null) throw new InputError(name, 'no such object');
    return { file: bytes };
  } catch (error) {
    return { error };
  }
}
