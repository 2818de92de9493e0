import { type Dim, printDim, printShape } from './dim.ts';
import type { Graph, Value } from './graph.ts';

/** A graph as text, one line per operation: `%relu_1 = relu(%conv_0) : [1, 64, 16*h, 16*w]`. */
export function printGraph(graph: Graph): string {
  const weights = new Set(graph.weights);
  const refer = (value: Value) => (weights.has(value) ? value.name : `%${value.name}`);
  const lines = [`graph ${graph.name} {`];
  for (const input of graph.inputs) lines.push(`  input %${input.name} : ${type(input)}`);
  for (const weight of graph.weights) lines.push(`  weight ${weight.name} : ${type(weight)}`);
  for (const { op, inputs, parameters, output } of graph.nodes) {
    const settings = Object.entries(parameters).map(([key, value]) => `${key}=${setting(value)}`);
    const operands = [...inputs.map(refer), ...settings].join(', ');
    lines.push(`  %${output.name} = ${op}(${operands}) : ${type(output)}`);
  }
  for (const [name, value] of graph.outputs) lines.push(`  output ${name} = ${refer(value)}`);
  lines.push('}');
  return lines.join('\n');
}

function type({ dtype, shape }: Value): string {
  return dtype === 'float32' ? printShape(shape) : `${dtype}${printShape(shape)}`;
}

/** A parameter as text; extents, alone or in lists, in canonical form. */
function setting(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(setting).join(',')}]`;
  return typeof value === 'object' && value !== null ? printDim(value as Dim) : JSON.stringify(value);
}
