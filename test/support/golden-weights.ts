import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { WeightFile } from '../../src/weights/weight-file.ts';

/** Path of a file that `test/oracle/weights.py` wrote. */
export function goldenPath(name: string): string {
  return fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url));
}

interface GoldenTensor {
  shape: number[];
  dtype: string;
  values: number[];
}

/** Expects every tensor of `values.json`, with the values that torch gives it. */
export async function expectGoldenTensors(file: WeightFile, check = { dtypes: true }): Promise<void> {
  const golden = JSON.parse(readFileSync(goldenPath('values.json'), 'utf8')) as Record<string, GoldenTensor>;
  expect(file.keys().toSorted()).toEqual(Object.keys(golden).toSorted());
  for (const [key, { shape, dtype, values }] of Object.entries(golden)) {
    expect(file.shapeOf(key), key).toEqual(shape);
    if (check.dtypes) expect(file.dtypeOf(key), key).toBe(dtype);
    const tensor = await file.read(key);
    expect(tensor.shape, key).toEqual(shape);
    expect([...tensor.data], key).toEqual(values.map(Math.fround));
  }
}

/** Names and shapes of one of torchvision's models. */
export interface GoldenModel {
  shapes: Record<string, number[]>;
  /** Legacy name → current name; only of the model that was published under legacy names. */
  legacyNames?: Record<string, string>;
}

const keysFile = JSON.parse(gunzipSync(readFileSync(goldenPath('keys.json.gz'))).toString()) as {
  cocoCategories: string[];
  models: Record<string, GoldenModel>;
};

/** The models of `keys.json.gz`, by name. */
export function goldenModels(): Record<string, GoldenModel> {
  return keysFile.models;
}

/** Current name → the name in the files published in 2019, for every weight of the model published then. */
export function goldenLegacyNames(): Map<string, string> {
  const { legacyNames } = keysFile.models['maskrcnn_resnet50_fpn frozen'];
  return new Map(Object.entries(legacyNames ?? {}).map(([legacy, current]) => [current, legacy]));
}

/** torchvision's `_COCO_CATEGORIES`, the background first. */
export function goldenCocoCategories(): string[] {
  return keysFile.cocoCategories;
}

/** The shapes of a golden model, as the importer takes them. */
export function goldenShapes(name: string): Map<string, readonly number[]> {
  const model = keysFile.models[name];
  if (!model) throw new Error(`keys.json.gz has no model ${name}`);
  return new Map(Object.entries(model.shapes));
}
