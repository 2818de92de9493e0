import type { ModelConfig } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import type { Picture } from '../image/picture.ts';
import type { Sessions } from './graph-stages.ts';
import { type Instance, InstanceMask, type Prediction } from './instance.ts';
import { runPipeline, type StageObserver } from './pipeline.ts';
import { placeInstances } from './placed-instances.ts';

export interface PredictOptions {
  /** Minimum score of an instance, 0…1. Default: the model's `defaultScore`. */
  score?: number | undefined;
  /** Called with the record of every stage; the pyramid may be read until the prediction ends. */
  observe?: StageObserver;
}

/** The outcome for one of many pictures. */
export type PredictOutcome<Source> =
  | { source: Source; index: number; prediction: Prediction; picture: Picture }
  | { source: Source; index: number; error: unknown };

/** Number of pictures decoded ahead of the one that is being predicted. */
const decodeAhead = 2;

/** Decodes what a platform takes for a picture. */
export type Decode<Source> = (source: Source) => Promise<Picture>;

/** A model in memory, ready to predict on pictures of any size; `Source` is what it takes for a picture. */
export class Model<Source> {
  readonly config: ModelConfig;
  readonly #sessions: Sessions;
  readonly #decode: Decode<Source>;

  constructor(config: ModelConfig, sessions: Sessions, decode: Decode<Source>) {
    this.config = config;
    this.#sessions = sessions;
    this.#decode = decode;
  }

  /**
   * Finds the instances in a picture, or in each of several.
   * @throws InputError that names the picture where it cannot be decoded.
   */
  async predict(source: Source, options?: PredictOptions): Promise<Prediction>;
  async predict(sources: readonly Source[], options?: PredictOptions): Promise<Prediction[]>;
  async predict(
    source: Source | readonly Source[],
    options: PredictOptions = {},
  ): Promise<Prediction | Prediction[]> {
    const sources = Array.isArray(source) ? (source as readonly Source[]) : [source as Source];
    const predictions: Prediction[] = [];
    for await (const outcome of this.predictEach(sources, options)) {
      if ('error' in outcome) throw outcome.error;
      predictions.push(outcome.prediction);
    }
    return Array.isArray(source) ? predictions : predictions[0];
  }

  /**
   * Predicts on many pictures in order, decoding the next ones meanwhile. A picture that cannot be decoded yields an
   * error in its place and does not stop the rest.
   */
  async *predictEach<Each extends Source>(
    sources: Iterable<Each> | AsyncIterable<Each>,
    options: PredictOptions = {},
  ): AsyncGenerator<PredictOutcome<Each>> {
    checkScore(options.score);
    const pending: { source: Each; decoded: Promise<{ picture: Picture } | { error: unknown }> }[] = [];
    let index = 0;
    const next = async (): Promise<PredictOutcome<Each>> => {
      const { source, decoded } = pending.shift() as (typeof pending)[number];
      const result = await decoded;
      const place = { source, index: index++ };
      if ('error' in result) return { ...place, error: result.error };
      const { picture } = result;
      return { ...place, picture, prediction: await this.#predictPicture(picture, options) };
    };
    for await (const source of sources) {
      pending.push({ source, decoded: settle(this.#decode(source)) });
      if (pending.length > decodeAhead) yield await next();
    }
    while (pending.length > 0) yield await next();
  }

  /** Frees the memory outside the JavaScript heap; the model cannot predict afterwards. */
  async dispose(): Promise<void> {
    const { proposals, boxes, masks, keypoints } = this.#sessions;
    await Promise.all([proposals, boxes, masks, keypoints].map((session) => session?.release()));
  }

  async #predictPicture(
    picture: Picture,
    { score = this.config.defaultScore, observe }: PredictOptions,
  ): Promise<Prediction> {
    // Boxes that score less can neither suppress nor outrank the others, so they may be dropped before NMS.
    const config = { ...this.config, box: { ...this.config.box, scoreThreshold: score } };
    const result = await runPipeline(picture, config, this.#sessions, observe);
    this.#sessions.reuse(result.pyramid);
    const instances = placeInstances(result, config, picture).map(
      ({ label, score, box, mask, pose }): Instance => ({
        category: config.categories[label - 1],
        score,
        box,
        mask: mask && new InstanceMask(mask),
        keypoints: pose,
      }),
    );
    return { width: picture.width, height: picture.height, instances };
  }
}

/** Waits without throwing, so that the failure of a picture decoded ahead is not an unhandled rejection. */
async function settle(decoding: Promise<Picture>): Promise<{ picture: Picture } | { error: unknown }> {
  try {
    return { picture: await decoding };
  } catch (error) {
    return { error };
  }
}

function checkScore(score: number | undefined): void {
  if (score !== undefined && !(score >= 0 && score <= 1)) {
    throw new UsageError(`score should lie between 0 and 1, got ${score}`);
  }
}
