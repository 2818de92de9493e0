import type { SemanticConfig } from '../config/semantic.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { ModelWriter } from '../graph/onnx/emission.ts';
import { semanticGraph, semanticStride } from '../model/fcn.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { type OnnxFileOptions, onnxFile, pictureInput } from './file.ts';
import { readPart, writePart, writeWeights } from './graph-parts.ts';
import { blend, interpolation } from './interpolation.ts';
import { Operators } from './operators.ts';
import { type PreparedInput, preparedInput } from './prepared-input.ts';

/**
 * FCN as one ONNX model: from a picture `image` `[height, width, 3]`, uint8 RGB, to `classes` `[height, width]` uint8,
 * positions in the model's categories.
 * @throws InputError if a weight is missing, damaged, or does not fit the precision.
 */
export async function semanticModel(
  config: SemanticConfig,
  weights: WeightFile,
  options: OnnxFileOptions,
): Promise<Uint8Array> {
  const writer = new ModelWriter(options.opset);
  const part = await readPart(semanticGraph(config), weights, {
    precision: options.dtype,
    quantization: null,
  });
  writeWeights(writer, part, options.dtype);
  const o = new Operators(writer.write);
  const input = preparedInput(o, pictureInput.name, config.preprocess, semanticStride);
  const { logits } = writePart(writer, part, { image: input.tensor });
  const classes: Value = { name: 'classes', dtype: 'uint8', shape: pictureInput.shape.slice(0, 2) };
  writer.write.node('Identity', [classMap(o, logits, input)], classes.name);
  return onnxFile(writer, { name: 'fcn', outputs: [classes], config }, options);
}

/**
 * `classMap` (ops/class-map.ts), row by row: the logits of all classes in the size of the picture would be large.
 * @param logits `[1, classes, h, w]`
 */
function classMap(o: Operators, logits: string, { original, resized, padded }: PreparedInput): string {
  const along = (axis: 2 | 3, covered: string, whole: string, to: string) => {
    const from = o.extent(logits, axis);
    const [inputs, outputs] = [o.mul(from, covered), o.mul(whole, to)];
    return interpolation(o, o.div(o.cast(inputs, 'float32'), o.cast(outputs, 'float32')), { from, to });
  };
  const rows = along(2, resized.height, padded.height, original.height);
  const columns = along(3, resized.width, padded.width, original.width);
  const maps = o.apply('Squeeze', logits, o.int(0));
  const found = { dtype: 'uint8', shape: [symbol('width')] } as const;
  const { results } = o.loop(o.squeeze(original.height), [], [found], (y) => {
    const row = (position: string) => o.gather(maps, o.gather(position, y), 1);
    const line = blend(o, [row(rows.before), row(rows.after)], o.gather(rows.weight, y));
    const column = (position: string) => o.gather(line, position, 1);
    const values = blend(o, [column(columns.before), column(columns.after)], columns.weight);
    const best = o.write.value('ArgMax', [values], { axis: 0, keepdims: 0 });
    return { states: [], results: [o.cast(best, 'uint8')] };
  });
  return results[0];
}
