import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
