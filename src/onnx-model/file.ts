import type { AnyModelConfig } from '../config/any-config.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import type { ModelWriter } from '../graph/onnx/emission.ts';
import { encodeModel, type Opset } from '../graph/onnx/protobuf.ts';
import type { ModelCard } from '../model-file/card.ts';
import type { WeightPrecision } from '../weights/elements/encode.ts';

export interface OnnxFileOptions {
  /** How weights are stored; the model computes in float32 in either case. */
  readonly dtype: WeightPrecision;
  /** Of this package. */
  readonly version: string;
  readonly card: ModelCard | null;
  readonly opset: Opset;
}

/** The input of every complete model: RGB, upright, of any size. */
export const pictureInput: Value = {
  name: 'image',
  dtype: 'uint8',
  shape: [symbol('height'), symbol('width'), 3],
};

/** The bytes of a complete model. */
export function onnxFile(
  { nodes, initializers }: ModelWriter,
  { config, ...model }: { name: string; outputs: readonly Value[]; config: AnyModelConfig },
  { version, card, opset }: OnnxFileOptions,
): Uint8Array {
  return encodeModel({
    ...model,
    inputs: [pictureInput],
    nodes,
    initializers,
    opset,
    producerVersion: version,
    metadata: { ...metadataOf(config), mask_rcnn_version: version, ...(card ? cardMetadata(card) : {}) },
  });
}

/** What a consumer needs to know about a model beside its graph. */
function metadataOf(config: AnyModelConfig): Record<string, string> {
  const categories = JSON.stringify(config.categories.map(({ id, name }) => ({ id, name })));
  if (config.kind === 'fcn') return { categories };
  const { keypoint, box } = config;
  return {
    categories,
    score_threshold: String(box.scoreThreshold),
    ...(keypoint
      ? { keypoints: JSON.stringify(keypoint.names), skeleton: JSON.stringify(keypoint.skeleton) }
      : {}),
  };
}

function cardMetadata({ description, licence }: ModelCard): Record<string, string> {
  return { description: description.en, licence };
}
