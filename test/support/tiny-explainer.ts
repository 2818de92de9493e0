import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseModelConfig } from '../../src/config/parse.ts';
import type { ModelConfig } from '../../src/config/schema.ts';
import type { Explanation } from '../../src/explanation/explanation.ts';
import type { PoolerName } from '../../src/explanation/model.ts';
import type { Picture } from '../../src/image/picture.ts';
import { currentKey } from '../../src/import/torchvision/legacy-names.ts';
import { compileExplainer, type ExplainOptions } from '../../src/predict/explain/explainer.ts';
import type { StageRecords } from '../../src/predict/pipeline.ts';
import { nodeRuntime } from '../../src/runtime/node.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { renamedWeights } from '../../src/weights/weight-file.ts';

// Tiny models with torchvision's numbers for every stage: see test/golden/inference/README.md.
export const golden = (name: string) =>
  fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));
const { models } = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')) as {
  models: Record<string, { config: unknown; weights: string }>;
};

type Change = (config: ModelConfig) => ModelConfig;

/** Compiles the explainer of a tiny model. */
export async function explainerOf(name: string, change: Change = (config) => config, pooler?: PoolerName) {
  const weights = renamedWeights(await openWeights(golden(models[name].weights)), currentKey);
  try {
    const config = change(parseModelConfig(name, models[name].config));
    return await compileExplainer(config, weights, nodeRuntime, { threads: 1, pooler });
  } finally {
    await weights.close();
  }
}

/** A picture of the golden files. */
export async function goldenPicture(name: string): Promise<Picture> {
  const pictures = await openWeights(golden('pictures.safetensors'));
  const pixels = await pictures.read(name);
  await pictures.close();
  return { height: pixels.shape[0], width: pixels.shape[1], data: Uint8Array.from(pixels.data) };
}

/** Explains a picture with a tiny model, and records the stages of its prediction. */
export async function recordAndExplain(
  model: string,
  picture: string,
  options: ExplainOptions = {},
  change?: Change,
) {
  const explainer = await explainerOf(model, change);
  const records: Partial<StageRecords> = {};
  const explanation = await explainer.explain(await goldenPicture(picture), {
    score: 0.05,
    ...options,
    observe: (stage, record) => {
      records[stage] = record;
    },
  });
  return { explanation, records: records as StageRecords, explainer };
}

/** The focus, which must exist. */
export function focusOf({ focus }: Explanation) {
  if (!focus) throw new Error('expected a focus');
  return focus;
}

/** A Mask R-CNN on one picture, explained once for all test files of a process. */
export const maskRcnn = await recordAndExplain('mask-v1', 'enlarged');
