import { InputError } from '../core/errors.ts';
import { decodeInBrowser, type WebPictureSource } from '../image/decode-web.ts';
import { readModel } from '../model-file/read-model.ts';
import { openWebRuntime, type WebRuntimeOptions } from '../runtime/web.ts';
import { memorySource } from '../weights/byte-source.ts';
import { readSafetensors } from '../weights/safetensors/reader.ts';
import { compileModel } from './compile.ts';
import { Model } from './model.ts';

export type BrowserLoadOptions = WebRuntimeOptions;

/**
 * Loads a model in a browser, ready to predict; the file is the same as in Node.
 * @param source The address of a model file, or its bytes.
 * @throws InputError where it cannot be fetched, is damaged, or no model of this package; MaskRcnnError where the
 *   browser lacks the device that was asked for.
 */
export async function load(
  source: string | URL | ArrayBuffer | Uint8Array,
  options: BrowserLoadOptions = {},
): Promise<Model<WebPictureSource>> {
  const runtime = await openWebRuntime(options);
  const weights = await readSafetensors(await openSource(source));
  const { config } = readModel(weights);
  return new Model(config, await compileModel(config, weights, runtime), decodeInBrowser);
}

/** The bytes of a model file. @throws InputError where it cannot be fetched. */
export async function openSource(source: string | URL | ArrayBuffer | Uint8Array) {
  if (source instanceof Uint8Array) return memorySource('model', source);
  if (source instanceof ArrayBuffer) return memorySource('model', new Uint8Array(source));
  const response = await fetch(source);
  if (!response.ok)
    throw new InputError(String(source), `cannot be fetched (${response.status} ${response.statusText})`);
  return memorySource(String(source), new Uint8Array(await response.arrayBuffer()));
}
