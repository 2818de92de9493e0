/**
 * `npx tsx recipes/photos/keep-categories.ts MODEL OUT NAME,…`: the model with these categories only. What the others
 * looked like is background from then on, which a further training has to learn.
 */
import type { ModelConfig } from '../../src/config/schema.ts';
import { type Float32Tensor, float32Tensor } from '../../src/core/tensor.ts';
import { openFileSource } from '../../src/weights/file-source.ts';
import { readSafetensors } from '../../src/weights/safetensors/reader.ts';
import { writeSafetensors } from '../../src/weights/safetensors/writer.ts';
import { memoryWeights } from '../../src/weights/weight-file.ts';

const [source, out, names] = process.argv.slice(2);
if (names === undefined) throw new Error('usage: keep-categories.ts MODEL OUT NAME,…');
const file = await readSafetensors(await openFileSource(source));
const config = JSON.parse(file.metadata.config) as ModelConfig;
const kept = names.split(',').map((name) => {
  const index = config.categories.findIndex((category) => category.name === name);
  if (index < 0) throw new Error(`${source} has no category ${name}`);
  return index;
});
kept.sort((a, b) => a - b);
// Class 0 is the background.
const classes = [0, ...kept.map((index) => index + 1)];

/** Layers with a row, or four, for each class, the background included or not. */
const predictors: [prefix: string, perClass: number, rows: readonly number[]][] = [
  ['roi_heads.box_predictor.cls_score.', 1, classes],
  ['roi_heads.box_predictor.bbox_pred.', 4, classes],
  ['roi_heads.mask_predictor.mask_fcn_logits.', 1, classes],
];

function selectRows(
  { shape, data }: Float32Tensor,
  perClass: number,
  rows: readonly number[],
): Float32Tensor {
  const length = (data.length / shape[0]) * perClass;
  const selected = rows.map((row) => data.subarray(row * length, (row + 1) * length));
  const result = new Float32Array(length * rows.length);
  selected.forEach((values, i) => result.set(values, i * length));
  return float32Tensor([rows.length * perClass, ...shape.slice(1)], result);
}

const weights = new Map<string, Float32Tensor>();
for (const name of file.keys()) {
  const tensor = await file.read(name);
  const predictor = predictors.find(([prefix]) => name.startsWith(prefix));
  weights.set(name, predictor ? selectRows(tensor, predictor[1], predictor[2]) : tensor);
}
const categories = kept.map((index) => config.categories[index]);
await writeSafetensors(out, memoryWeights(out, weights), {
  metadata: { ...file.metadata, config: JSON.stringify({ ...config, categories }) },
});
console.log(`${out}: ${categories.map(({ name }) => name).join(', ')}`);
