import type { ModelConfig } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import type { Picture } from '../image/picture.ts';
import { scaleBoxes } from '../ops/boxes.ts';
import { pasters } from '../ops/pasters.ts';
import { type Instance, InstanceMask, type Prediction } from './instance.ts';
import { type PipelineResult, runPipeline, type Sessions, type StageObserver } from './pipeline.ts';
import { poseOf } from './pose.ts';

export interface PredictOptions {
  /** Instances that score less are left out; 0…1. By default the model's `defaultScore`. */
  score?: number | undefined;
  /** Is shown what every stage hands to the next; the pyramid can be read until the prediction ends. */
  observe?: StageObserver;
}

/** What became of one of many pictures. */
export type PredictOutcome<Source> =
  | { source: Source; index: number; prediction: Prediction; picture: Picture }
  | { source: Source; index: number; error: unknown };

/** Pictures decoded ahead of the one that is being looked at. */
const decodeAhead = 2;

/** Turns what a platform calls a picture into pixels. */
export type Decode<Source> = (source: Source) => Promise<Picture>;

/** A model in memory, ready to look at pictures of any size; `Source` is what it takes for a picture. */
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
   * Goes through many pictures in order and decodes the next ones meanwhile. A picture that cannot be
   * decoded gives an error in its place and does not stop the rest.
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
    // Boxes that score less can neither suppress nor outrank the others, so they may go before the NMS.
    const config = { ...this.config, box: { ...this.config.box, scoreThreshold: score } };
    const result = await runPipeline(picture, config, this.#sessions, observe);
    this.#sessions.reuse(result.pyramid);
    return { width: picture.width, height: picture.height, instances: this.#instances(result, picture) };
  }

  /** Stage 9: boxes and joints in pixels of the original, masks pasted there. */
  #instances({ input, instances, masks, keypoints }: PipelineResult, picture: Picture): Instance[] {
    const boxes = scaleBoxes(instances.boxes, { x: 1 / input.scaleX, y: 1 / input.scaleY });
    const paste = pasters[this.config.mask?.paste ?? 'wholePixels'];
    const { keypoint } = this.config;
    const pixels = masks ? masks.shape[1] * masks.shape[2] : 0;
    return Array.from(instances.scores, (score, i) => {
      const box = boxes.subarray(4 * i, 4 * i + 4);
      const mask = masks?.data.subarray(i * pixels, (i + 1) * pixels);
      return {
        category: this.config.categories[instances.labels[i] - 1],
        score,
        box: [box[0], box[1], box[2], box[3]],
        mask: mask ? new InstanceMask(paste(mask, box, picture)) : null,
        keypoints: keypoint && keypoints ? poseOf(keypoints, i, keypoint, input) : null,
      };
    });
  }
}

/** Waits without throwing, so that a failure of a picture decoded ahead is not an unhandled one. */
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
