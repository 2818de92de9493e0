import type { ModelConfig } from '../../config/schema.ts';
import type { ExplainedDetections, ExplainedInstance, Explanation } from '../../core/explanation.ts';
import type { Picture } from '../../image/picture.ts';
import { selectDetections } from '../../model/detections.ts';
import { maskLogitsGraph } from '../../model/explain-graphs.ts';
import { scaleBoxes } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { pasteMask } from '../../ops/paste-mask.ts';
import type { Runtime, Session, SessionOptions } from '../../runtime/runtime.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { compileGraph, compileModel } from '../compile.ts';
import { runPipeline, type Sessions, type StageObserver } from '../pipeline.ts';
import { explainFocus, type Records } from './focus.ts';
import { boxAt, plainRle } from './plain.ts';
import { describeSampling, resizedTruth } from './sampling.ts';
import { describeFeatures, describeInput, describeModel, describeRpn } from './stages.ts';

export interface ExplainOptions {
  /** Instances that score less are left out; 0…1. Default 0.5, as in `predict`. */
  score?: number;
  /** Position of the instance to follow, the best-scored being 0; by default one that shows much. */
  instance?: number;
  /** The annotated objects, in pixels of the original: shows what training would sample and learn. */
  truth?: GroundTruth;
  /** Is shown every stage's tensors as well. */
  observe?: StageObserver;
}

/** A model that predicts and keeps what every stage saw. */
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
   * @throws UsageError where the instance to follow was not found.
   */
  async explain(picture: Picture, options: ExplainOptions = {}): Promise<Explanation> {
    const { score = 0.5, instance, truth: annotated, observe } = options;
    const config = { ...this.config, box: { ...this.config.box, scoreThreshold: score } };
    const recorded: Partial<Records> = {};
    await runPipeline(picture, config, this.#sessions, (stage, record) => {
      recorded[stage] = record;
      observe?.(stage, record);
    });
    const records = recorded as Records;
    const { scaleX: x, scaleY: y } = records.input;
    const truth = annotated ? resizedTruth(annotated, { x, y }) : null;
    const detections = describeDetections(records, config, picture);
    return {
      model: describeModel(config),
      picture: { width: picture.width, height: picture.height },
      input: describeInput(records.input, config),
      features: describeFeatures(records.pyramid),
      ...describeRpn(records, config.rpn),
      detections,
      sampling: truth && describeSampling(records.proposals.boxes, truth, config.box),
      focus: await explainFocus(
        { records, instances: detections.instances, config, picture, maskLogits: this.#maskLogits, truth },
        instance,
      ),
    };
  }

  /** Frees the memory outside the JavaScript heap; nothing can be explained afterwards. */
  async dispose(): Promise<void> {
    const { proposals, boxes, masks } = this.#sessions;
    const sessions = [proposals, boxes, masks, this.#maskLogits];
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
  const graph = maskLogitsGraph(config);
  return new Explainer(config, sessions, graph && (await compileGraph(graph, weights, runtime, options)));
}

function describeDetections(records: Records, config: ModelConfig, picture: Picture): ExplainedDetections {
  const { input, detections, masks, proposals, boxOutput } = records;
  const { scoreThreshold, nmsThreshold, detectionsPerImage } = config.box;
  const boxes = scaleBoxes(detections.boxes, { x: 1 / input.scaleX, y: 1 / input.scaleY });
  const pixels = masks ? masks.shape[1] * masks.shape[2] : 0;
  const instances = Array.from(detections.scores, (score, i): ExplainedInstance => {
    const originalBox = boxAt(boxes, i);
    const mask = masks?.data.subarray(i * pixels, (i + 1) * pixels);
    return {
      label: detections.labels[i],
      score,
      box: boxAt(detections.boxes, i),
      originalBox,
      mask: mask ? plainRle(pasteMask(mask, originalBox, picture)) : null,
    };
  });
  // An overlap of more than 2 does not exist: the same choice without NMS and without a limit.
  const all = { ...config.box, nmsThreshold: 2, detectionsPerImage: Number.POSITIVE_INFINITY };
  const candidates = selectDetections(boxOutput, proposals.boxes, all, input).scores.length;
  return { scoreThreshold, nmsThreshold, limit: detectionsPerImage, candidates, instances };
}
