import type { ComputeOptions } from '../../config/device.ts';
import type { ModelConfig } from '../../config/schema.ts';
import { checkCounts, checkOptions, type OptionNames } from '../../core/options.ts';
import type { PoolerName } from '../../explanation/model.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { storedCard } from '../../model-file/card.ts';
import { openModelFile } from '../../model-file/model-file.ts';
import { choiceNames, choicesIn, configFor, type PredictionChoices } from '../choices.ts';
import { type Compile, compileBranches, compileModel } from '../compile.ts';
import { type PoolerChoice, withPooler } from '../explain/exchanged-pooler.ts';
import type { Explainer } from '../explain/explainer.ts';
import { Model } from '../model.ts';
import { compileFile } from './compile-file.ts';
import { decode, openInParts } from './decode-source.ts';
import { type FindModelOptions, findModel } from './find-model.ts';

export interface LoadOptions extends FindModelOptions, ComputeOptions, PredictionChoices {}

/** The options of `loadExplainer`. */
export interface ExplainerLoadOptions extends LoadOptions, PoolerChoice {}

/** The options of everything that finds a model by its name. */
export const loadNames: OptionNames<LoadOptions> = {
  ...choiceNames,
  threads: true,
  device: true,
  offline: true,
  onProgress: true,
  signal: true,
};

/**
 * Loads a model, ready to predict.
 * @param nameOrPath A model file, or a name that `mask-rcnn models` lists; published models are downloaded at
 *   their first use and kept in the system's cache folder.
 * @throws InputError where the file is missing, damaged, or not a model of this package (`mask-rcnn import` makes one);
 *   UsageError where an option is unknown or out of range; the reason of the signal.
 * @example
 * ```ts
 * import { load } from 'mask-rcnn';
 *
 * const model = await load('photos');
 * const { instances } = await model.predict('photo.jpg', { score: 0.6 });
 * for (const { category, score, box, mask } of instances) {
 *   console.log(category.name, score, box, mask?.area);
 * }
 * await model.dispose();
 * ```
 */
export async function load(nameOrPath: string, options: LoadOptions = {}): Promise<Model<PictureSource>> {
  checkOptions('load', options, loadNames);
  checkCounts('load', { threads: options.threads });
  return openAndCompile(nameOrPath, options, async (config, weights, ...how) => {
    const choices = choicesIn(options);
    configFor(config, choices);
    const extras = { card: storedCard(weights), choices, openRegions: openInParts };
    return new Model(config, await compileModel(config, weights, ...how), decode, extras);
  });
}

/**
 * Loads a model, ready to explain its predictions.
 * @param nameOrPath As for `load`.
 * @throws what `load` throws.
 * @example
 * ```ts
 * import { decodePicture, loadExplainer } from 'mask-rcnn';
 *
 * const explainer = await loadExplainer('nuclei');
 * const { proposals, detections, focus } = await explainer.explain(await decodePicture('photo.jpg'));
 * console.log(proposals.selected.length, detections.instances.length, focus?.fate);
 * await explainer.dispose();
 * ```
 */
export async function loadExplainer(
  nameOrPath: string,
  options: ExplainerLoadOptions = {},
): Promise<Explainer> {
  checkOptions('loadExplainer', options, { ...loadNames, pooler: true });
  const { pooler, threads } = options;
  checkCounts('loadExplainer', { threads });
  return openAndCompile(nameOrPath, options, async (config, weights, runtime, how) => {
    const { compileExplainer } = await import('../explain/explainer.ts');
    return compileExplainer(config, weights, runtime, { ...how, choices: choicesIn(options), pooler });
  });
}

/** A model that predicts, and explains on request. */
export interface ExplainableModel {
  model: Model<PictureSource>;
  /**
   * Shares the model's sessions; its own graph, and the branches for another pooler, are compiled at the first call.
   * @param pooler Default: the model's own.
   */
  explainer(pooler?: PoolerName): Promise<Explainer>;
}

/**
 * Loads a model for a process that mostly predicts.
 * @param nameOrPath As for `load`.
 * @throws what `load` throws.
 */
export async function loadExplainable(
  nameOrPath: string,
  options: LoadOptions = {},
): Promise<ExplainableModel> {
  const { threads, device } = options;
  const choices = choicesIn(options);
  const path = await findModel(nameOrPath, findOptions(options));
  const { config, card, sessions } = await openAndCompile(
    path,
    { threads, device },
    async (config, weights, ...how) => {
      return { config, card: storedCard(weights), sessions: await compileModel(config, weights, ...how) };
    },
  );
  const explainers = new Map<PoolerName | undefined, Promise<Explainer>>();
  const makeExplainer = (pooler: PoolerName | undefined) =>
    openAndCompile(path, { threads, device }, async (own, weights, ...how) => {
      const { compileMaskLogits, Explainer } = await import('../explain/explainer.ts');
      const pooled = withPooler(own, pooler);
      const branches = pooler && (await compileBranches(pooled, weights, ...how));
      const maskLogits = await compileMaskLogits(pooled, weights, ...how);
      return new Explainer(pooled, { sessions: { ...sessions, ...branches }, maskLogits, choices });
    });
  return {
    model: new Model(config, sessions, decode, { card, choices, openRegions: openInParts }),
    explainer: (pooler) => {
      const explainer = explainers.get(pooler) ?? makeExplainer(pooler);
      explainers.set(pooler, explainer);
      return explainer;
    },
  };
}

async function openAndCompile<Compiled>(
  nameOrPath: string,
  options: LoadOptions,
  compile: Compile<ModelConfig, Compiled>,
): Promise<Compiled> {
  options.signal?.throwIfAborted();
  const file = await openModelFile(await findModel(nameOrPath, findOptions(options)));
  return compileFile(file, options, compile);
}

function findOptions({ offline, onProgress, signal }: LoadOptions): FindModelOptions {
  return { offline, onProgress, signal };
}
