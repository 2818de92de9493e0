import type { ModelConfig } from '../../config/schema.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import type { Picture } from '../../image/picture.ts';
import { maskLogitsGraph } from '../../model/explain-graphs.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import type { Runtime, Session, SessionOptions } from '../../runtime/runtime.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { compileGraph, compileModel } from '../compile.ts';
import type { Sessions } from '../graph-stages.ts';
import { runPipeline, type StageObserver } from '../pipeline.ts';
import type { FocusWish } from './focus-choice.ts';
import type { Records } from './focus-context.ts';
import { RecordedPrediction } from './recorded-prediction.ts';

export interface RecordOptions {
  /** Minimum score of an instance, 0…1. Default: the model's `defaultScore`. */
  score?: number | undefined;
  /** The annotated objects, in pixels of the original; adds what training would sample and learn. */
  truth?: GroundTruth;
  /** Called with the record of every stage. */
  observe?: StageObserver;
}

/** What to record, and which RoI to follow. */
export interface ExplainOptions extends RecordOptions, FocusWish {}

/** A model that predicts and keeps the inputs and outputs of every stage. */
export class Explainer {
  readonly config: ModelConfig;
  readonly #sessions: Sessions;
  readonly #maskLogits: Session | null;

  constructor(config: ModelConfig, sessions: Sessions, maskLogits: Session | null) {
    this.config = config;
    this.#sessions = sessions;
    this.#maskLogits = maskLogits;
  }

  /**
   * Predicts and explains: the numbers are those of the prediction itself, not of a second one.
   * @throws UsageError where the RoI to follow does not exist.
   */
  async explain(picture: Picture, options: ExplainOptions = {}): Promise<Explanation> {
    const recorded = await this.record(picture, options);
    return { ...recorded.stages(), focus: await recorded.follow(options) };
  }

  /** Predicts and keeps the records of every stage, several hundred megabytes for a large picture. */
  async record(picture: Picture, options: RecordOptions = {}): Promise<RecordedPrediction> {
    const { score = this.config.defaultScore, truth, observe } = options;
    const config = { ...this.config, box: { ...this.config.box, scoreThreshold: score } };
    const recorded: Partial<Records> = {};
    await runPipeline(picture, config, this.#sessions, (stage, record) => {
      recorded[stage] = record;
      observe?.(stage, record);
    });
    const records = recorded as Records;
    return new RecordedPrediction({ config, records, picture, maskLogits: this.#maskLogits, truth });
  }

  /** Frees the memory outside the JavaScript heap; nothing can be explained afterwards. */
  async dispose(): Promise<void> {
    const { proposals, boxes, masks, keypoints } = this.#sessions;
    const sessions = [proposals, boxes, masks, keypoints, this.#maskLogits];
    await Promise.all(sessions.map((session) => session?.release()));
  }
}

/**
 * Makes a model ready to explain, on any runtime.
 * @throws InputError where a weight is missing, unused, of another shape or damaged.
 */
export async function compileExplainer(
  config: ModelConfig,
  weights: WeightFile,
  runtime: Runtime,
  options?: SessionOptions,
): Promise<Explainer> {
  const sessions = await compileModel(config, weights, runtime, options);
  return new Explainer(config, sessions, await compileMaskLogits(config, weights, runtime, options));
}

/** The one graph that an explainer needs in addition to those of prediction; null without a mask branch. */
export async function compileMaskLogits(
  config: ModelConfig,
  weights: WeightFile,
  runtime: Runtime,
  options?: SessionOptions,
): Promise<Session | null> {
  const graph = maskLogitsGraph(config);
  return graph && compileGraph(graph, weights, runtime, options);
}
