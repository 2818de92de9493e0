import type { ModelConfig } from '../config/schema.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { maskSide } from '../model/structure.ts';
import { boxesInPicture } from './boxes.ts';
import { pictureInput } from './file.ts';
import type { Operators } from './operators.ts';
import { pastedMasks } from './paste.ts';
import type { PreparedInput } from './prepared-input.ts';
import type { Candidates } from './select-boxes.ts';

/** The instances in pixels of the resized picture. */
export interface Found {
  instances: Candidates;
  masks: string | null;
  keypoints: { points: string; scores: string } | null;
}

/** Stage 9: writes the outputs of a detector, in pixels of the picture. */
export function instanceOutputs(
  o: Operators,
  { instances, masks, keypoints }: Found,
  { config, input, paste }: { config: ModelConfig; input: PreparedInput; paste: boolean },
): Value[] {
  const count = symbol('instances');
  const outputs: Value[] = [];
  const output = (
    name: string,
    tensor: string,
    { shape, dtype = 'float32' }: Pick<Value, 'shape'> & Partial<Value>,
  ) => {
    o.write.node('Identity', [tensor], name);
    outputs.push({ name, dtype, shape: [count, ...shape] });
  };
  const boxes = boxesInPicture(o, instances.boxes, input);
  const ids = o.int(...config.categories.map(({ id }) => id));
  output('boxes', boxes, { shape: [4] });
  output('labels', o.gather(ids, o.sub(instances.labels, o.index(1))), { shape: [], dtype: 'int64' });
  output('scores', instances.scores, { shape: [] });
  if (masks && config.mask) {
    const side = maskSide({ ...config, mask: config.mask });
    output('masks', masks, { shape: [side, side] });
    if (paste) {
      const bitmaps = pastedMasks(o, { masks, boxes, side }, input.original, config.mask.paste);
      output('bitmaps', bitmaps, { shape: pictureInput.shape.slice(0, 2), dtype: 'uint8' });
    }
  }
  if (keypoints && config.keypoint) {
    const joints = config.keypoint.names.length;
    output('keypoints', posesInPicture(o, keypoints.points, input), { shape: [joints, 3] });
    output('keypoint_scores', keypoints.scores, { shape: [joints] });
  }
  return outputs;
}

/** `[D, K, 2]` in pixels of the resized picture → `[D, K, 3]` x, y in pixels of the picture, and 1. */
function posesInPicture(o: Operators, points: string, { original, resized }: PreparedInput): string {
  const sides = ({ width, height }: PreparedInput['original']) =>
    o.cast(o.concat([width, height]), 'float32');
  const placed = o.div(o.mul(points, sides(original)), sides(resized));
  return o.write.value('Pad', [placed, o.int(0, 0, 0, 0, 0, 1), o.write.number(1)]);
}
