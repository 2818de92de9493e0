import type { ModelConfig } from '../../config/schema.ts';
import { asyncDispose, Lifetime } from '../../core/lifetime.ts';
import { checkOptions } from '../../core/options.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import { givenPicture } from '../../image/given-picture.ts';
import type { Picture, RawPicture } from '../../image/picture.ts';
import { maskLogitsGraph } from '../../model/explain-graphs.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { moveToHost } from '../../runtime/device-tensor.ts';
import type { Runtime, Session, SessionOptions } from '../../runtime/runtime.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { choiceNames, choicesIn, configFor, type PredictionChoices } from '../choices.ts';
import { compileGraph, compileModel } from '../compile.ts';
import type { Sessions } from '../graph-stages.ts';
import { runPipeline, type StageObserver, watching } from '../pipeline.ts';
import { type PoolerChoice, withPooler } from './exchanged-pooler.ts';
import type { FocusWish } from './focus-choice.ts';
import type { Records } from './focus-context.ts';
import { RecordedPrediction } from './recorded-prediction.ts';

export interface RecordOptions extends PredictionChoices {
  /** The annotated objects, in pixels of the original; adds what training would sample and learn. */
  truth?: GroundTruth | undefined;
  /** Called with the record of every stage. */
  observe?: StageObserver | undefined;
  /** Aborts between two stages of the prediction; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

const recordNames = { ...choiceNames, truth: true, observe: true, signal: true } as const;

/** What to record, and which RoI to follow. */
export interface ExplainOptions extends RecordOptions, FocusWish {}

interface ExplainerParts {
  sessions: Sessions;
  /** All channels of the mask branch; null without the branch. */
  maskLogits: Session | null;
  /** Defaults of every prediction. */
  choices?: PredictionChoices;
}

/** A model that predicts and keeps the inputs and outputs of every stage. */
export class Explainer implements AsyncDisposable {
  readonly config: ModelConfig;
  readonly #sessions: Sessions;
  readonly #maskLogits: Session | null;
  readonly #choices: PredictionChoices;
  readonly #lifetime: Lifetime;

  /** @internal Called by `loadExplainer`. */
  constructor(config: ModelConfig, { sessions, maskLogits, choices = {} }: ExplainerParts) {
    this.config = config;
    this.#choices = choices;
    this.#sessions = sessions;
    this.#maskLogits = maskLogits;
    const { proposals, boxes, masks, keypoints } = sessions;
    this.#lifetime = new Lifetime('the explainer was disposed; load it again', () =>
      Promise.all([proposals, boxes, masks, keypoints, maskLogits].map((session) => session?.release())),
    );
  }

  /**
   * Predicts and explains: the numbers are those of the prediction itself, not of a second one.
   * @throws UsageError where the picture is not decoded or invalid, the RoI to follow does not exist, an option is unknown,
   *   or the explainer was disposed; the reason of the signal.
   */
  async explain(picture: Picture | RawPicture, options: ExplainOptions = {}): Promise<Explanation> {
    checkOptions('explain', options, { ...recordNames, instance: true, proposal: true });
    const { instance, proposal, ...record } = options;
    const recorded = await this.record(picture, record);
    return { ...recorded.stages(), focus: await recorded.follow({ instance, proposal }) };
  }

  /**
   * Predicts and keeps the records of every stage, several hundred megabytes for a large picture.
   * @throws UsageError where the picture is not decoded or invalid, an option is unknown, or the explainer was disposed;
   *   the reason of the signal.
   */
  async record(picture: Picture | RawPicture, options: RecordOptions = {}): Promise<RecordedPrediction> {
    checkOptions('record', options, recordNames);
    const decoded = givenPicture(picture);
    const { truth, observe, signal } = options;
    const config = configFor(this.config, { ...this.#choices, ...choicesIn(options) });
    const recorded: Partial<Records> = {};
    const keep: StageObserver = (stage, record) => {
      recorded[stage] = record;
      observe?.(stage, record);
    };
    await this.#lifetime.use(async () => {
      const { pyramid } = await runPipeline(decoded, config, this.#sessions, watching(keep, signal));
      await moveToHost(pyramid);
    });
    const records = recorded as Records;
    const maskLogits = this.#maskLogits && usedWithin(this.#lifetime, this.#maskLogits);
    return new RecordedPrediction({ config, records, picture: decoded, maskLogits, truth });
  }

  /**
   * Frees the memory outside the JavaScript heap once running predictions have ended; nothing can be explained
   * afterwards. A second call does nothing more.
   */
  dispose(): Promise<void> {
    return this.#lifetime.end();
  }

  /** The same, for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** A session that belongs to what has the lifetime. */
function usedWithin(lifetime: Lifetime, session: Session): Session {
  return { ...session, run: (inputs, room) => lifetime.use(() => session.run(inputs, room)) };
}

/**
 * Makes a model ready to explain, on any runtime.
 * @throws InputError where a weight is missing, unused, of another shape or damaged; UsageError where a choice is out of
 *   range or there is no such pooler.
 */
export async function compileExplainer(
  config: ModelConfig,
  weights: WeightFile,
  runtime: Runtime,
  { choices = {}, pooler, ...options }: SessionOptions & PoolerChoice & Pick<ExplainerParts, 'choices'> = {},
): Promise<Explainer> {
  configFor(config, choices);
  const pooled = withPooler(config, pooler);
  const sessions = await compileModel(pooled, weights, runtime, options);
  const maskLogits = await compileMaskLogits(pooled, weights, runtime, options);
  return new Explainer(pooled, { sessions, maskLogits, choices });
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
