import type { ModelConfig } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { decodeInBrowser } from '../../image/decode-web.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { readModel } from '../../model-file/read-model.ts';
import { openWebRuntime, type WebRuntimeOptions } from '../../runtime/web.ts';
import { type ByteSource, memorySource } from '../../weights/byte-source.ts';
import { readSafetensors } from '../../weights/safetensors/reader.ts';
import { type Compile, compileModel } from '../compile.ts';
import { compileExplainer, type Explainer } from '../explain/explainer.ts';
import { Model } from '../model.ts';

export type BrowserLoadOptions = WebRuntimeOptions;

/** The address of a model file, or its bytes. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array;

/**
 * Loads a model in a browser, ready to predict; the file is the same as in Node.
 * @throws InputError where it cannot be fetched, is damaged, or is not a model of this package; MaskRcnnError where the
 *   browser lacks the requested device.
 */
export async function load(
  source: ModelSource,
  options: BrowserLoadOptions = {},
): Promise<Model<PictureSource>> {
  return openAndCompile(source, options, async (config, ...file) => {
    return new Model(config, await compileModel(config, ...file), decodeInBrowser);
  });
}

/**
 * Loads a model in a browser, ready to explain its predictions.
 * @throws what `load` throws.
 */
export async function loadExplainer(
  source: ModelSource,
  options: BrowserLoadOptions = {},
): Promise<Explainer> {
  return openAndCompile(source, options, compileExplainer);
}

async function openAndCompile<Compiled>(
  source: ModelSource,
  options: BrowserLoadOptions,
  compile: Compile<ModelConfig, Compiled>,
): Promise<Compiled> {
  const runtime = await openWebRuntime(options);
  const { config, weights } = readModel(await readSafetensors(await openSource(source)));
  return compile(config, weights, runtime);
}

async function openSource(source: ModelSource): Promise<ByteSource> {
  if (source instanceof Uint8Array) return memorySource('model', source);
  if (source instanceof ArrayBuffer) return memorySource('model', new Uint8Array(source));
  const response = await fetch(source);
  if (!response.ok)
    throw new InputError(String(source), `cannot be fetched (${response.status} ${response.statusText})`);
  return memorySource(String(source), new Uint8Array(await response.arrayBuffer()));
}
