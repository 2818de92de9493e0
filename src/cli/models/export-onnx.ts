import type { ModelConfig } from '../../config/schema.ts';
import { UsageError } from '../../core/errors.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { defaultOpset, type Opset } from '../../graph/onnx/protobuf.ts';
import type { Quantization } from '../../graph/quantize.ts';
import { modelKindAt } from '../../import/model-kind.ts';
import { openSemanticFile } from '../../import/semantic-file.ts';
import { storedCard } from '../../model-file/card.ts';
import { openModelFile } from '../../model-file/model-file.ts';
import { quantizationOf } from '../../model-file/quantization.ts';
import { detectorModel } from '../../onnx-model/detector.ts';
import { partModels, partNames } from '../../onnx-model/parts.ts';
import { semanticModel } from '../../onnx-model/semantic.ts';
import { configFor, resizedBy } from '../../predict/choices.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { requireFilePlace } from '../files/output-place.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { choicesOf, type PredictionOptions } from '../options/prediction-options.ts';
import { note } from '../terminal/output.ts';
import { packageManifest } from '../terminal/package-manifest.ts';

/** The options of `export --to onnx`, as commander names them. */
export interface OnnxOptions extends PredictionOptions {
  model: string;
  out: string;
  fp16?: true;
  int8?: true;
  /** One of `opsets`, as text. */
  opset?: string;
  paste?: true;
  parts?: true;
}

/** The prediction options that `export --to onnx` takes, as the user types them. */
const choiceFlags = {
  score: '--score',
  maxDet: '--max-det',
  nms: '--nms',
  minSize: '--min-size',
  maxSize: '--max-size',
} as const;

/** Every option of `export` that only `--to onnx` takes. */
export const onnxFlags = {
  opset: '--opset',
  int8: '--int8',
  paste: '--paste',
  parts: '--parts',
  ...choiceFlags,
} as const;

/**
 * Writes a model as ONNX.
 * @param path The model file.
 * @returns The files that were written.
 * @throws UsageError for options that the model, or another option, excludes.
 */
export async function exportOnnx(path: string, options: OnnxOptions): Promise<string[]> {
  const isFcn = (await modelKindAt(path)) === 'fcn';
  if (isFcn) {
    const { minSize, maxSize, ...detectorFlags } = onnxFlags;
    const { opset, ...others } = detectorFlags;
    refuse(options, others, `does not apply to ${options.model}, which is an FCN model; leave it out`);
    return exportSemantic(path, options);
  }
  const { config, weights } = await openModelFile(path);
  try {
    if (options.parts) return await exportParts(path, config, weights, options);
    if (options.paste && config.mask === null) {
      throw new UsageError(`--paste needs a mask branch, which ${options.model} does not have; leave it out`);
    }
    const chosen = configFor(config, choicesOf(options, config.categories));
    const quantization = options.int8 ? quantizationFor(weights, options) : null;
    if (!quantization && quantizationOf(weights)) {
      note(
        `note: ${options.model} computes with eight bits, this ONNX model in floating point: scores and masks differ ` +
          'slightly; --int8 exports the eight bits',
      );
    }
    const about = { ...aboutFile(weights, options), paste: options.paste ?? false, quantization };
    await writeAtomically(options.out, await detectorModel(chosen, weights, about));
    return [options.out];
  } finally {
    await weights.close();
  }
}

async function exportSemantic(path: string, options: OnnxOptions): Promise<string[]> {
  const { config, weights } = await openSemanticFile(path);
  try {
    const preprocess = resizedBy(config.preprocess, choicesOf(options, config.categories));
    const model = await semanticModel({ ...config, preprocess }, weights, aboutFile(weights, options));
    await writeAtomically(options.out, model);
    return [options.out];
  } finally {
    await weights.close();
  }
}

/** @param file The model's. */
async function exportParts(
  file: string,
  config: ModelConfig,
  weights: WeightFile,
  options: OnnxOptions,
): Promise<string[]> {
  const { parts, ...others } = onnxFlags;
  refuse(options, { ...others, fp16: '--fp16' }, 'does not apply to --parts; leave it out');
  const paths = new Map(partNames(config).map((name) => [name, partPath(options.out, name)]));
  // All of them first, so that no set of files is half new.
  for (const path of paths.values()) await requireFilePlace(path);
  await refuseOverwriting(
    [...paths.values()].map((path) => ({ option: '--out', path })),
    [file],
  );
  for await (const { name, model } of partModels(config, weights)) {
    await writeAtomically(paths.get(name)!, model);
  }
  return [...paths.values()];
}

/** @throws UsageError where the model has no layers with eight bits, or float16 is wanted. */
function quantizationFor(weights: WeightFile, { model, fp16 }: OnnxOptions): Quantization {
  if (fp16) throw new UsageError('--int8 and --fp16 exclude each other: leave one out');
  const quantization = quantizationOf(weights);
  if (quantization) return quantization;
  throw new UsageError(
    `--int8 needs a model with eight bits, which ${model} is not; write one with \`mask-rcnn quantize\``,
  );
}

/** `cells.onnx` → `cells-boxes.onnx` */
function partPath(out: string, part: string): string {
  return `${out.replace(/\.onnx$/i, '')}-${part}.onnx`;
}

function aboutFile(weights: WeightFile, { fp16, opset }: OnnxOptions) {
  const dtype = fp16 ? 'float16' : 'float32';
  const version = packageManifest().version;
  const opsetNumber = opset === undefined ? defaultOpset : (Number(opset) as Opset);
  return { dtype, version, card: storedCard(weights), opset: opsetNumber } as const;
}

/** @throws UsageError for the first of these options that was given. */
export function refuse(options: object, flags: Readonly<Record<string, string>>, why: string): void {
  const given = Object.entries(flags).find(
    ([name]) => (options as Record<string, unknown>)[name] !== undefined,
  );
  if (given) throw new UsageError(`${given[1]} ${why}`);
}
