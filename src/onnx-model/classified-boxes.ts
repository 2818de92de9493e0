import type { Value } from '../graph/graph.ts';
import type { ModelWriter } from '../graph/onnx/emission.ts';
import type { Levels } from '../model/structure.ts';
import { type GraphPart, writePart } from './graph-parts.ts';
import type { Operators } from './operators.ts';
import { roisByLevel } from './rois.ts';

/** Stage 6, `classifyBoxes` (predict/graph-stages.ts). */
export function classifiedBoxes(
  writer: ModelWriter,
  o: Operators,
  part: GraphPart,
  { boxes, pyramid, levels }: { boxes: string; pyramid: Record<string, string>; levels: Levels },
): { scores: string; deltas: string } {
  const classify = (some: string) => {
    const rois = roisByLevel(o, some, levels);
    const { scores, deltas } = writePart(writer, part, { ...pyramid, ...rois.inputs });
    return [rois.restore(scores), rois.restore(deltas)] as const;
  };
  const names = ['scores', 'deltas'] as const;
  const [scores, deltas] =
    levels.roisAtOnce === undefined
      ? classify(boxes)
      : inBatches(o, boxes, levels.roisAtOnce, {
          results: names.map((name) => (part.graph.outputs.get(name) as Value).shape[1] as number),
          run: classify,
        });
  return { scores, deltas };
}

/**
 * Runs a part of the model on some boxes at a time, which limits memory.
 * @param results Columns of each result.
 */
function inBatches(
  o: Operators,
  boxes: string,
  size: number,
  { results: columns, run }: { results: readonly number[]; run: (some: string) => readonly string[] },
): string[] {
  const count = o.extent(boxes, 0);
  const batches = o.div(o.add(count, o.int(size - 1)), o.int(size));
  const missing = o.sub(o.mul(batches, o.int(size)), count);
  const filled = o.apply('Pad', boxes, o.concat([o.int(0, 0), missing, o.int(0)]));
  const each = o.reshape(filled, [-1, size, 4]);
  const types = columns.map((width) => ({ dtype: 'float32', shape: [size, width] }) as const);
  const body = (batch: string) => ({ states: [], results: run(o.gather(each, batch)) });
  const { results } = o.loop(o.squeeze(batches), [], types, body);
  return results.map((rows, i) => o.slice(o.reshape(rows, [-1, columns[i]]), 0, 0, count));
}
