import { z } from 'zod';
import { parseWith } from '../config/parse.ts';
import { fromInt8Rows, roundToInt8Rows } from '../core/int8-rows.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { storedJson } from './stored-json.ts';

/** value = scale · (byte − zeroPoint) */
const byteScaleSchema = z.strictObject({
  scale: z.number().positive(),
  zeroPoint: z.number().int().min(0).max(255),
});

/** Which layers of a model compute with eight bits, and in which steps. */
export const quantizationSchema = z.strictObject({
  /** Name of a layer's weight → the steps of what it reads, and of what it gives after its activation. */
  layers: z.record(z.string(), z.strictObject({ input: byteScaleSchema, output: byteScaleSchema })),
});

export type StoredQuantization = z.infer<typeof quantizationSchema>;

/**
 * The quantisation in a weight file's metadata, or null where there is none.
 * @throws InputError where it is invalid.
 */
export function storedQuantization(weights: WeightFile): StoredQuantization | null {
  const stored = storedJson(weights, 'quantization', 'quantisation');
  return stored === undefined ? null : parseWith(quantizationSchema, weights.name, stored);
}

/**
 * The layers that compute with eight bits by name, or null where a file has none.
 * @throws InputError where they are invalid.
 */
export function quantizationOf(
  weights: WeightFile,
): ReadonlyMap<string, StoredQuantization['layers'][string]> | null {
  const stored = storedQuantization(weights);
  return stored && new Map(Object.entries(stored.layers));
}

/**
 * The weights of layers with eight bits whose rows a file has already rounded, so that storing them so again changes
 * nothing. The others, such as those of a transposed convolution, are rounded when the model is loaded.
 */
export async function roundedWeights(
  weights: WeightFile,
  { layers }: StoredQuantization,
): Promise<Set<string>> {
  const rounded = new Set<string>();
  for (const name of Object.keys(layers)) {
    const { shape, data } = await weights.read(name);
    const rows = roundToInt8Rows(data, shape[0]);
    const again = fromInt8Rows(rows.data, rows.scales);
    if (data.every((value, i) => value === again[i])) rounded.add(name);
  }
  return rounded;
}
