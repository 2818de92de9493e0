import type { Graph, Value } from '../graph/graph.ts';
import { emitOnnx, type Weights } from '../graph/onnx/emit.ts';
import { pruneGraph } from '../graph/prune.ts';
import { type LayerScales, quantizableLayers } from '../graph/quantize.ts';
import type { GraphObserver } from '../predict/compile.ts';
import type { Runtime, Session, Tensors } from '../runtime/runtime.ts';
import { activationScale } from './activation-scale.ts';

/** Values that one run shows at once; each is a whole feature map. */
const valuesAtOnce = 24;
/** Values that are kept of each tensor and run. */
const samplesPerRun = 4096;

/** A value of a graph, and the layers that read or give it. */
interface Observed {
  readonly value: Value;
  readonly places: string[];
}

/** A session that shows some values. */
interface Part {
  readonly session: Session | null;
  readonly shown: ReadonlyMap<string, Observed>;
}

/** A layer that has been observed. */
export interface ObservedLayer {
  readonly scales: LayerScales;
  /** Shape of its weight as the layer computes with it: its rows are the output channels. */
  readonly shape: readonly number[];
}

/** Records what layers read and give while a model predicts. */
export class ActivationRecorder {
  readonly #runtime: Runtime;
  readonly #parts = new Map<Graph, Promise<Part[]>>();
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #samples = new Map<string, { lowest: number; highest: number; values: Float32Array[] }>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** To pass to `compileModel`. */
  readonly observe: GraphObserver = async (graph, weights, inputs) => {
    const parts = this.#parts.get(graph) ?? this.#compile(graph, weights);
    this.#parts.set(graph, parts);
    for (const { session, shown } of await parts) {
      const outputs: Tensors = session ? await session.run(inputs) : inputs;
      for (const [name, { places }] of shown) {
        const data = outputs[name].data as Float32Array;
        for (const place of places) this.#record(place, data);
      }
    }
  };

  /** Every layer that has been observed, by the name of its weight. */
  layers(): Map<string, ObservedLayer> {
    const layers = new Map<string, ObservedLayer>();
    for (const [weight, shape] of this.#shapes) {
      const input = this.#samples.get(inputOf(weight));
      const output = this.#samples.get(outputOf(weight));
      if (!input || !output) continue;
      layers.set(weight, {
        scales: { input: activationScale(input), output: activationScale(output) },
        shape,
      });
    }
    return layers;
  }

  async release(): Promise<void> {
    for (const parts of this.#parts.values()) for (const { session } of await parts) await session?.release();
  }

  async #compile(graph: Graph, weights: Weights): Promise<Part[]> {
    for (const { weight } of quantizableLayers(graph)) this.#shapes.set(weight, weights.get(weight)!.shape);
    const observed = observedValues(graph);
    const fed = observed.filter(({ value }) => graph.inputs.includes(value));
    const parts: Part[] = [{ session: null, shown: new Map(fed.map((each) => [each.value.name, each])) }];
    const computed = observed.filter((each) => !fed.includes(each));
    for (let from = 0; from < computed.length; from += valuesAtOnce) {
      const shown = new Map(computed.slice(from, from + valuesAtOnce).map((each, i) => [`shown_${i}`, each]));
      const outputs = new Map([...shown].map(([name, { value }]) => [name, value]));
      const part = pruneGraph({ ...graph, outputs });
      const used = new Map(part.weights.map(({ name }) => [name, weights.get(name)!]));
      parts.push({ session: await this.#runtime.createSession(emitOnnx(part, used)), shown });
    }
    return parts;
  }

  #record(place: string, data: Float32Array): void {
    if (data.length === 0) return;
    const samples = this.#samples.get(place) ?? { lowest: 0, highest: 0, values: [] };
    this.#samples.set(place, samples);
    for (const value of data) {
      if (value < samples.lowest) samples.lowest = value;
      if (value > samples.highest) samples.highest = value;
    }
    const stride = Math.max(1, Math.floor(data.length / samplesPerRun));
    samples.values.push(new Float32Array(Math.floor(data.length / stride)).map((_, i) => data[i * stride]));
  }
}

/** What the layers of a graph read and give; values that several have in common once. */
function observedValues(graph: Graph): Observed[] {
  const observed = new Map<Value, Observed>();
  const note = (value: Value, place: string) => {
    const known = observed.get(value) ?? { value, places: [] };
    known.places.push(place);
    observed.set(value, known);
  };
  for (const { weight, input, output } of quantizableLayers(graph)) {
    note(input, inputOf(weight));
    note(output, outputOf(weight));
  }
  return [...observed.values()];
}

function inputOf(weight: string): string {
  return `in ${weight}`;
}

function outputOf(weight: string): string {
  return `out ${weight}`;
}
