import { InputError } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import type { Random } from '../core/random.ts';
import { type Float32Tensor, float32Tensor, sizeOf } from '../core/tensor.ts';
import { isWithin, scopes, semanticScopes } from '../model/weight-names.ts';
import type { WeightFile } from '../weights/weight-file.ts';

/** Name → shape of every weight of a model. */
type Shapes = ReadonlyMap<string, readonly number[]>;

/** Layers whose outputs correspond to the categories; re-initialised if the categories differ. */
const predictors = [
  scopes.classLogits,
  scopes.boxDeltas,
  scopes.maskLogits,
  scopes.mlpMaskLogits,
  scopes.keypointLogits,
  semanticScopes.main.logits,
  semanticScopes.auxiliary.logits,
];

export interface StartWeights {
  readonly weights: Map<string, Float32Tensor>;
  /** Lines that the user should read. */
  readonly notes: readonly string[];
}

/** Weights for training from scratch, drawn as torchvision's builders draw them. */
export function initialWeights(shapes: Shapes, random: Random): Map<string, Float32Tensor> {
  // Only the weight of a norm is a vector.
  const isNorm = (name: string) => shapes.get(`${name.slice(0, name.lastIndexOf('.'))}.weight`)?.length === 1;
  const entries = [...shapes].map(([name, shape]): [string, Float32Tensor] => {
    const fill = isNorm(name) ? normFiller(name) : layerFiller(name, shape, random);
    return [name, float32Tensor(shape, Float32Array.from({ length: sizeOf(shape) }, fill))];
  });
  return new Map(entries);
}

/**
 * The weights of another model to start from. A backbone alone is enough: weights that the file lacks are initialised,
 * and so are the predictors if the numbers of classes differ.
 * @param keepPredictors False re-initialises the predictors even if their shapes fit, because the classes differ.
 * @throws InputError if a layer's shape differs from the model's, or the file has no weights of the backbone.
 */
export async function adoptWeights(
  shapes: Shapes,
  source: WeightFile,
  { random, keepPredictors }: { random: Random; keepPredictors: boolean },
): Promise<StartWeights> {
  const weights = initialWeights(shapes, random);
  const known = new Set(source.keys());
  const missing: string[] = [];
  let renewed = false;
  for (const [name, shape] of shapes) {
    const isPredictor = predictors.some((layer) => isWithin(name, layer));
    const fits = known.has(name) && source.shapeOf(name).join() === shape.join();
    if (isPredictor && !(fits && keepPredictors)) {
      renewed = true;
    } else if (fits) {
      const { data } = await source.read(name);
      weights.set(name, float32Tensor(shape, data.slice()));
    } else if (known.has(name)) {
      throw new InputError(
        source.name,
        `${name} has [${source.shapeOf(name).join(', ')}], expected [${shape.join(', ')}]`,
      );
    } else {
      missing.push(name);
    }
  }
  if (missing.some((name) => name.startsWith('backbone.') && !isWithin(name, scopes.fpn))) {
    throw new InputError(
      source.name,
      `lacks ${missing[0]} and ${plural(missing.length - 1, 'other weight')} of the model`,
    );
  }
  const notes: string[] = [];
  if (renewed)
    notes.push(`${source.name}: the classes differ, so the layers that predict them are re-initialised`);
  if (missing.length > 0)
    notes.push(
      `${source.name}: ${plural(missing.length, 'weight')} outside the backbone not in the file: re-initialised`,
    );
  return { weights, notes };
}

function normFiller(name: string): () => number {
  const value = name.endsWith('.weight') || name.endsWith('.running_var') ? 1 : 0;
  return () => value;
}

function layerFiller(name: string, shape: readonly number[], random: Random): () => number {
  const isIn = (parts: readonly string[]) => parts.some((scope) => isWithin(name, scope));
  const isLinear = isIn([scopes.boxHead, scopes.classLogits, scopes.boxDeltas]) && shape.length !== 4;
  const isSemanticHead = isIn([semanticScopes.main.head, semanticScopes.auxiliary.head]);
  const fanIn = sizeOf(shape.slice(1));
  const fanOut = shape[0] * sizeOf(shape.slice(2));
  const normal = (deviation: number) => () => random.normal() * deviation;
  const uniform = (bound: number) => () => (2 * random.uniform() - 1) * bound;
  if (isWithin(name, scopes.rpn)) return name.endsWith('.bias') ? () => 0 : normal(0.01);
  // torch's default for nn.Linear and nn.Conv2d, except that its bias is random too. Starting from 0 works as well.
  if (isLinear || isSemanticHead) return name.endsWith('.bias') ? () => 0 : uniform(1 / Math.sqrt(fanIn));
  if (name.endsWith('.bias')) return () => 0;
  // He et al. 2015, for ReLU, by fan-out. The pyramid has no ReLU and uses fan-in.
  if (isWithin(name, scopes.fpn)) return uniform(Math.sqrt(3 / fanIn));
  return normal(Math.sqrt(2 / fanOut));
}
