import type { ModelConfig } from '../config/schema.ts';
import { unlessAborted, untilAborted } from '../core/abort.ts';
import { InputError, UsageError } from '../core/errors.ts';
import { asyncDispose, Lifetime } from '../core/lifetime.ts';
import { checkOptions } from '../core/options.ts';
import { shownValue } from '../core/printable.ts';
import { readAhead } from '../core/read-ahead.ts';
import type { Picture } from '../image/picture.ts';
import { type OpenedRegions, type PictureRegions, regionsOf } from '../image/picture-regions.ts';
import type { ModelCard } from '../model-file/card.ts';
import { choiceNames, choicesIn, configFor, type PredictionChoices } from './choices.ts';
import type { Sessions } from './graph-stages.ts';
import { Instance, InstanceMask, Prediction } from './instance.ts';
import { runPipeline, type StageObserver, watching } from './pipeline.ts';
import { type PlacedInstance, placeInstances } from './placed-instances.ts';
import { type PredictPicture, predictTiles } from './tiles/predict-tiles.ts';
import { tilingOf } from './tiles/tile-choice.ts';

export interface PredictOptions extends PredictionChoices {
  /** Called with the record of every stage; the pyramid may be read until the prediction ends, but not on WebGPU. */
  observe?: StageObserver | undefined;
  /** With `tile`: called before each tile of a picture with the number that are done, and at the picture's end. */
  onTile?: ((done: number, total: number) => void) | undefined;
  /**
   * Ends a prediction between two stages, and at once the wait for a picture or for the next source; its reason is
   * thrown.
   */
  signal?: AbortSignal | undefined;
}

/** The outcome for one of many pictures. */
export type PredictOutcome<Source> =
  | {
      source: Source;
      index: number;
      prediction: Prediction;
      /** Null where a large file was predicted by tiles, and read in parts. */
      picture: Picture | null;
    }
  | { source: Source; index: number; error: unknown };

/** Number of pictures decoded ahead of the one that is being predicted. */
const decodeAhead = 2;

/** Decodes what a platform takes for a picture; the signal ends a download. */
export type Decode<Source> = (source: Source, signal?: AbortSignal) => Promise<Picture>;

interface ModelExtras<Source> {
  card?: ModelCard | null;
  /** Defaults of every prediction. */
  choices?: PredictionChoices;
  /** Opens a picture to be read in parts; default: it is decoded as a whole. */
  openRegions?: (source: Source, signal?: AbortSignal) => Promise<OpenedRegions>;
}

/** A model in memory, ready to predict on pictures of any size; `Source` is what it takes for a picture. */
export class Model<Source> implements AsyncDisposable {
  readonly config: ModelConfig;
  /** What the file says about the model's origin and quality; null if it says nothing. */
  readonly card: ModelCard | null;
  readonly #sessions: Sessions;
  readonly #decode: Decode<Source>;
  readonly #choices: PredictionChoices;
  readonly #openRegions: (source: Source, signal?: AbortSignal) => Promise<OpenedRegions>;
  readonly #lifetime: Lifetime;

  /** @internal Called by `load`. */
  constructor(
    config: ModelConfig,
    sessions: Sessions,
    decode: Decode<Source>,
    { card = null, choices = {}, openRegions }: ModelExtras<Source> = {},
  ) {
    this.config = config;
    this.card = card;
    this.#sessions = sessions;
    this.#decode = decode;
    this.#choices = choices;
    this.#openRegions = openRegions ?? (async (source, signal) => held(await decode(source, signal)));
    const { proposals, boxes, masks, keypoints } = sessions;
    this.#lifetime = new Lifetime('the model was disposed; load it again', () =>
      Promise.all([proposals, boxes, masks, keypoints].map((session) => session?.release())),
    );
  }

  /**
   * Finds the instances in a picture, or in each of several.
   * @throws InputError that names the picture where it cannot be decoded; UsageError where an option is unknown or out
   *   of range, or the model was disposed; the reason of the signal.
   */
  async predict(source: Source, options?: PredictOptions): Promise<Prediction>;
  async predict(sources: readonly Source[], options?: PredictOptions): Promise<Prediction[]>;
  async predict(
    source: Source | readonly Source[],
    options?: PredictOptions,
  ): Promise<Prediction | Prediction[]>;
  async predict(
    source: Source | readonly Source[],
    options: PredictOptions = {},
  ): Promise<Prediction | Prediction[]> {
    this.#check(options);
    const sources = Array.isArray(source) ? (source as readonly Source[]) : [source as Source];
    const predictions = await this.#lifetime.use(() => this.#predictAll(sources, options));
    return Array.isArray(source) ? predictions : predictions[0];
  }

  /**
   * Predicts on many pictures in order, each as soon as it is there, decoding the next ones meanwhile. A picture that
   * cannot be decoded yields an error in its place and does not stop the rest.
   * @throws what `predict` throws, except for pictures that cannot be decoded.
   */
  async *predictEach<Each extends Source>(
    sources: Iterable<Each> | AsyncIterable<Each>,
    options: PredictOptions = {},
  ): AsyncGenerator<PredictOutcome<Each>> {
    this.#check(options);
    if (typeof sources === 'string')
      throw new UsageError(`predictEach: expected a list of pictures, got ${shownValue(sources)}`);
    this.#lifetime.check();
    yield* this.#outcomes(sources, options, (work) => this.#lifetime.use(work));
  }

  /**
   * Frees the memory outside the JavaScript heap once running predictions have ended; the model cannot predict
   * afterwards. A second call does nothing more.
   */
  dispose(): Promise<void> {
    return this.#lifetime.end();
  }

  /** The same, for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #predictAll(sources: readonly Source[], options: PredictOptions): Promise<Prediction[]> {
    const predictions: Prediction[] = [];
    for await (const outcome of this.#outcomes(sources, options, (work) => work())) {
      if ('error' in outcome) throw outcome.error;
      predictions.push(outcome.prediction);
    }
    return predictions;
  }

  /** @param run Runs each prediction. */
  async *#outcomes<Each extends Source>(
    sources: Iterable<Each> | AsyncIterable<Each>,
    options: PredictOptions,
    run: (work: () => Promise<Prediction>) => Promise<Prediction>,
  ): AsyncGenerator<PredictOutcome<Each>> {
    const choices = { ...this.#choices, ...choicesIn(options) };
    const open =
      choices.tile === undefined
        ? async (source: Each) => held(await this.#decode(source, options.signal))
        : (source: Each) => this.#openRegions(source, options.signal);
    let index = 0;
    const outcomeOf = async ({ source, opened }: Opening<Each>): Promise<PredictOutcome<Each>> => {
      const result = await unlessAborted(opened, options.signal);
      const place = { source, index: index++ };
      if ('error' in result) return { ...place, error: result.error };
      const { picture, regions } = result;
      try {
        const prediction = await run(() => this.#predictPicture(regions, choices, options));
        return { ...place, picture, prediction };
      } catch (error) {
        // Damage of a file that is read in parts may show late.
        if (picture === null && error instanceof InputError) return { ...place, error };
        throw error;
      }
    };
    const start = (source: Each): Opening<Each> => ({ source, opened: settle(open(source)) });
    const openings = readAhead(untilAborted(sources, options.signal), decodeAhead, start);
    for await (const opening of openings) yield await outcomeOf(opening);
  }

  /** @throws UsageError where an option is unknown or out of range. */
  #check(options: PredictOptions): void {
    checkOptions('predict', options, {
      ...choiceNames,
      observe: true,
      onTile: true,
      signal: true,
    });
    configFor(this.config, options);
  }

  async #predictPicture(
    picture: PictureRegions,
    choices: PredictionChoices,
    { observe, signal, onTile }: PredictOptions,
  ): Promise<Prediction> {
    const config = configFor(this.config, choices);
    const predict: PredictPicture = async (part, partConfig) => {
      const result = await runPipeline(part, partConfig, this.#sessions, watching(observe, signal));
      this.#sessions.reuse(result.pyramid);
      return { found: placeInstances(result, partConfig, part), omitted: result.omitted };
    };
    if (choices.tile === undefined) {
      const { width, height } = picture;
      const whole = await picture.read({ left: 0, top: 0, width, height });
      const { found, omitted } = await predict(whole, config);
      return new Prediction(picture, this.#instancesOf(found), { omitted });
    }
    const work = { picture, config, tiling: tilingOf(choices.tile), predict, onProgress: onTile };
    const { found, omitted, plan } = await predictTiles(work);
    return new Prediction(picture, this.#instancesOf(found), { omitted, tiles: plan });
  }

  #instancesOf(found: readonly PlacedInstance[]): Instance[] {
    return found.map(
      ({ label, score, box, mask, pose }) =>
        new Instance({
          category: this.config.categories[label - 1],
          score,
          box,
          mask: mask && new InstanceMask(mask),
          keypoints: pose,
        }),
    );
  }
}

type Settled = OpenedRegions | { error: unknown };

/** A picture that is being opened. */
interface Opening<Source> {
  source: Source;
  opened: Promise<Settled>;
}

/** Waits without throwing, so that the failure of a picture opened ahead is not an unhandled rejection. */
async function settle(opening: Promise<OpenedRegions>): Promise<Settled> {
  try {
    return await opening;
  } catch (error) {
    return { error };
  }
}

function held(picture: Picture): OpenedRegions {
  return { picture, regions: regionsOf(picture) };
}
