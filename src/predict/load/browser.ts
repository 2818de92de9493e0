import type { ModelConfig } from '../../config/schema.ts';
import { checkCounts, checkOptions, type OptionNames } from '../../core/options.ts';
import { decodeInBrowser } from '../../image/decode-web.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { storedCard } from '../../model-file/card.ts';
import { readModel } from '../../model-file/read-model.ts';
import { openWebRuntime, type WebRuntimeOptions } from '../../runtime/web.ts';
import { type ByteSource, memorySource } from '../../weights/byte-source.ts';
import { readSafetensors } from '../../weights/safetensors/reader.ts';
import { choiceNames, choicesIn, configFor, type PredictionChoices } from '../choices.ts';
import { type Compile, compileModel } from '../compile.ts';
import type { PoolerChoice } from '../explain/exchanged-pooler.ts';
import { compileExplainer, type Explainer } from '../explain/explainer.ts';
import { Model } from '../model.ts';
import { type FetchOptions, fetchModel } from './fetch-model.ts';

export interface BrowserLoadOptions extends WebRuntimeOptions, FetchOptions, PredictionChoices {}

/** The options of `loadExplainer`. */
export interface BrowserExplainerOptions extends BrowserLoadOptions, PoolerChoice {}

const loadNames: OptionNames<BrowserLoadOptions> = {
  device: true,
  threads: true,
  runtimeFiles: true,
  onProgress: true,
  signal: true,
  ...choiceNames,
};

/** The address of a model file, or its bytes. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array;

/**
 * Loads a model in a browser, ready to predict; the file is the same as in Node.
 * @throws InputError where it cannot be fetched, is damaged, or is not a model of this package; MaskRcnnError where the
 *   browser lacks the requested device; UsageError where an option is unknown or out of range; the reason of the signal.
 * @example
 * ```ts
 * import { load } from 'mask-rcnn/browser';
 *
 * const model = await load('/models/nuclei.safetensors', {
 *   onProgress: ({ done, total }) => console.log(done, total),
 * });
 * const photo = await fetch('/photo.jpg');
 * const { instances } = await model.predict(await photo.blob());
 * console.log(JSON.stringify(instances));
 * ```
 */
export async function load(
  source: ModelSource,
  options: BrowserLoadOptions = {},
): Promise<Model<PictureSource>> {
  checkOptions('load', options, loadNames);
  checkCounts('load', { threads: options.threads });
  return openAndCompile(source, options, async (config, weights, ...how) => {
    const choices = choicesIn(options);
    configFor(config, choices);
    const extras = { card: storedCard(weights), choices };
    return new Model(config, await compileModel(config, weights, ...how), decodeInBrowser, extras);
  });
}

/**
 * Loads a model in a browser, ready to explain its predictions.
 * @throws what `load` throws.
 * @example
 * ```ts
 * import { decodePicture, loadExplainer } from 'mask-rcnn/browser';
 *
 * const explainer = await loadExplainer('/models/nuclei.safetensors');
 * const photo = await fetch('/photo.jpg');
 * const { proposals, focus } = await explainer.explain(await decodePicture(await photo.blob()));
 * console.log(proposals.selected.length, focus?.fate);
 * await explainer.dispose();
 * ```
 */
export async function loadExplainer(
  source: ModelSource,
  options: BrowserExplainerOptions = {},
): Promise<Explainer> {
  checkOptions('loadExplainer', options, { ...loadNames, pooler: true });
  const { pooler, threads } = options;
  checkCounts('loadExplainer', { threads });
  return openAndCompile(source, options, (config, weights, runtime, how) =>
    compileExplainer(config, weights, runtime, { ...how, choices: choicesIn(options), pooler }),
  );
}

async function openAndCompile<Compiled>(
  source: ModelSource,
  { onProgress, signal, device, threads, runtimeFiles }: BrowserLoadOptions,
  compile: Compile<ModelConfig, Compiled>,
): Promise<Compiled> {
  signal?.throwIfAborted();
  const runtime = await openWebRuntime({ device, threads, runtimeFiles });
  const bytes = await openSource(source, { onProgress, signal });
  const { config, weights } = readModel(await readSafetensors(bytes));
  return compile(config, weights, runtime);
}

async function openSource(source: ModelSource, options: FetchOptions): Promise<ByteSource> {
  if (source instanceof Uint8Array) return memorySource('model', source);
  if (source instanceof ArrayBuffer) return memorySource('model', new Uint8Array(source));
  return memorySource(String(source), await fetchModel(source, options));
}
