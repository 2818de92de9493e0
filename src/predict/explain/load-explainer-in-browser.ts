import { readModel } from '../../model-file/read-model.ts';
import { openWebRuntime, type WebRuntimeOptions } from '../../runtime/web.ts';
import { readSafetensors } from '../../weights/safetensors/reader.ts';
import { openSource } from '../load-in-browser.ts';
import { compileExplainer, type Explainer } from './explainer.ts';

/**
 * Loads a model in a browser, ready to explain its predictions.
 * @param source The address of a model file, or its bytes.
 * @throws what `load` throws.
 */
export async function loadExplainer(
  source: string | URL | ArrayBuffer | Uint8Array,
  options: WebRuntimeOptions = {},
): Promise<Explainer> {
  const runtime = await openWebRuntime(options);
  const weights = await readSafetensors(await openSource(source));
  return compileExplainer(readModel(weights).config, weights, runtime);
}
