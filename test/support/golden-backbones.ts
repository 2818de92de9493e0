import { fileURLToPath } from 'node:url';
import { type Float32Tensor, float32Tensor, sizeOf } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { WeightFile } from '../../src/weights/weight-file.ts';
import { readWeights } from './read-weights.ts';

/** A file of `test/golden/backbones`. */
export function openGoldenBackbone(name: string): Promise<WeightFile> {
  return readWeights(fileURLToPath(new URL(`../golden/backbones/${name}.safetensors`, import.meta.url)));
}

/** sin(frequency · index) over the flattened shape, as `test/oracle/waves.py` has it. */
export function wave(shape: readonly number[], frequency: number): Float32Tensor {
  return float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * frequency)),
  );
}

/**
 * The weights that `test/oracle/backbones.py` gives a network, by name.
 * @param prefix What the names have before those of the oracle.
 */
export function waveWeights(graph: Graph, prefix: string): Map<string, Float32Tensor> {
  const names = new Set(graph.weights.map(({ name }) => name));
  return new Map(
    graph.weights.map(({ name, shape }) => {
      const extents = shape as readonly number[];
      const data = noise(sizeOf(extents), seedOf(name.slice(prefix.length)));
      const scope = name.slice(0, name.lastIndexOf('.'));
      const isNorm = names.has(`${scope}.running_var`);
      const change = changeOf(name.slice(scope.length + 1), isNorm, sizeOf(extents.slice(1)));
      return [name, float32Tensor(extents, data.map(change))];
    }),
  );
}

function seedOf(name: string): number {
  return [...name].reduce((total, letter, i) => total + (i + 1) * letter.charCodeAt(0), 0);
}

/** Uniform in −1…1, as `test/oracle/waves.py` has it. */
function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    let x = Math.imul(i + 1, 2654435761) ^ Math.imul(seed, 2246822519);
    x = Math.imul(x ^ (x >>> 15), 2246822519);
    x = Math.imul(x ^ (x >>> 13), 3266489917);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
  });
}

function changeOf(kind: string, isNorm: boolean, fanIn: number): (value: number) => number {
  if (kind === 'running_var') return (value) => 0.6 + 0.3 * value;
  if (kind !== 'weight') return (value) => 0.1 * value;
  return isNorm ? (value) => 1 + 0.3 * value : (value) => (value * 1.5) / Math.sqrt(fanIn);
}
