import type { ComputeOptions } from '../config/device.ts';
import type { SemanticConfig } from '../config/semantic.ts';
import { asyncDispose, Lifetime } from '../core/lifetime.ts';
import { checkCounts, checkOptions, type OptionNames } from '../core/options.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import type { Picture } from '../image/picture.ts';
import type { PictureSource } from '../image/picture-source.ts';
import { preparePicture } from '../image/transform.ts';
import { openSemanticFile } from '../import/semantic-file.ts';
import { semanticGraph, semanticStride } from '../model/fcn.ts';
import { classMap } from '../ops/class-map.ts';
import type { Session } from '../runtime/runtime.ts';
import { checkChoices, choicesIn, type PredictionChoices, resizedBy } from './choices.ts';
import { compileGraph } from './compile.ts';
import { compileFile } from './load/compile-file.ts';
import { decode } from './load/decode-source.ts';
import type { PredictOptions } from './model.ts';

/** The class of every pixel of a picture. */
export interface SemanticPrediction {
  /** Size of the upright picture in pixels. */
  width: number;
  height: number;
  /** `[height, width]`, row-major: positions in the model's categories, 0 is the background. */
  classes: Uint8Array;
}

type SizeChoices = Pick<PredictionChoices, 'minSize' | 'maxSize'>;

/** What `loadSemantic` takes: how to compute, and defaults of every prediction. */
export type SemanticLoadOptions = Pick<PredictionChoices, 'minSize' | 'maxSize'> & ComputeOptions;

/** Options of a semantic prediction. */
export type SemanticPredictOptions = Pick<PredictOptions, 'minSize' | 'maxSize' | 'signal'>;

const optionNames: OptionNames<SemanticPredictOptions> = { minSize: true, maxSize: true, signal: true };

/** FCN in memory, ready to predict pictures of any size. */
export class SemanticModel implements AsyncDisposable {
  readonly config: SemanticConfig;
  readonly #session: Session;
  readonly #limits: SizeChoices;
  readonly #lifetime: Lifetime;

  /** @internal Called by `loadSemantic`. */
  constructor(config: SemanticConfig, session: Session, limits: SizeChoices = {}) {
    checkChoices(limits);
    this.config = config;
    this.#session = session;
    this.#limits = limits;
    this.#lifetime = new Lifetime('the model was disposed; load it again', () => session.release());
  }

  /**
   * Finds the class of every pixel.
   * @throws InputError that names the picture where it cannot be decoded; UsageError where an option is unknown or
   *   out of range, or the model was disposed; the reason of the signal.
   */
  async predict(source: PictureSource, options: SemanticPredictOptions = {}): Promise<SemanticPrediction> {
    checkOptions('predict', options, optionNames);
    options.signal?.throwIfAborted();
    return this.predictPicture(await decode(source), options);
  }

  /** The same for pixels. */
  async predictPicture(picture: Picture, options: SemanticPredictOptions = {}): Promise<SemanticPrediction> {
    checkOptions('predictPicture', options, optionNames);
    checkChoices(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const preprocess = resizedBy(this.config.preprocess, { ...this.#limits, ...choicesIn(options) });
    const prepared = preparePicture(picture, preprocess, semanticStride);
    const image = prepared.tensor;
    const run = () => this.#session.run({ image });
    const { logits } = (await this.#lifetime.use(run)) as { logits: Float32Tensor };
    signal?.throwIfAborted();
    const [, , height, width] = image.shape;
    const covered = { width: prepared.width / width, height: prepared.height / height };
    return { width: picture.width, height: picture.height, classes: classMap(logits, picture, covered) };
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
}

/**
 * Loads FCN: a model that `train` wrote, or torchvision's `fcn_resnet50` or `fcn_resnet101`.
 * @param path A model file, or weights as torchvision saves them, `.pth` or `.safetensors`.
 * @throws InputError where the file is missing, damaged, or not an FCN model; UsageError where an option is
 *   unknown or out of range.
 * @example
 * ```ts
 * import { loadSemantic } from 'mask-rcnn';
 *
 * const model = await loadSemantic('fcn.pth');
 * const { width, height, classes } = await model.predict('photo.jpg');
 * console.log(width, height, model.config.categories[classes[0]].name);
 * await model.dispose();
 * ```
 */
export async function loadSemantic(path: string, options: SemanticLoadOptions = {}): Promise<SemanticModel> {
  checkOptions('loadSemantic', options, { threads: true, device: true, minSize: true, maxSize: true });
  const { threads, device, ...limits } = options;
  checkCounts('loadSemantic', { threads });
  return compileFile(await openSemanticFile(path), { threads, device }, async (config, ...source) => {
    return new SemanticModel(config, await compileGraph(semanticGraph(config), ...source), limits);
  });
}
