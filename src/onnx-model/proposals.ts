import type { RpnConfig } from '../config/schema.ts';
import { float32Tensor } from '../core/tensor.ts';
import { minProposalSize } from '../model/proposals.ts';
import { rpnCodingWeights } from '../model/rpn-anchors.ts';
import { rpnOutputNames } from '../model/rpn-head.ts';
import type { MapLevel } from '../model/structure.ts';
import { baseAnchors } from '../ops/anchors.ts';
import { clippedBoxes, decodedBoxes } from './boxes.ts';
import type { Operators } from './operators.ts';
import type { ImageSize, PreparedInput } from './prepared-input.ts';
import { type Candidates, selectedBoxes } from './select-boxes.ts';

/**
 * Stage 4, `selectProposals` (model/proposals.ts).
 * @param maps `objectness_*` and `deltas_*` of each level.
 * @returns `[R, 4]` in pixels of the resized picture, best first.
 */
export function proposals(
  o: Operators,
  maps: Readonly<Record<string, string>>,
  config: RpnConfig,
  { levels, resized, padded }: { levels: readonly MapLevel[] } & Pick<PreparedInput, 'resized' | 'padded'>,
): string {
  const byLevel = levels.map(({ name, stride }, level): Candidates => {
    const names = rpnOutputNames(name);
    const head = { objectness: maps[names.objectness], deltas: maps[names.deltas] };
    const { boxes, scores } = bestAnchors(o, head, config, { level, stride, padded });
    const labels = o.apply('Expand', o.index(level), o.apply('Shape', scores));
    return { boxes: clippedBoxes(o, boxes, resized), scores, labels };
  });
  const all = {
    boxes: o.concat(byLevel.map(({ boxes }) => boxes)),
    scores: o.concat(byLevel.map(({ scores }) => scores)),
    labels: o.concat(byLevel.map(({ labels }) => labels)),
  };
  const { nmsThreshold, postNmsTopN: limit } = config;
  const settings = { minSize: minProposalSize, nmsThreshold, limit };
  return selectedBoxes(o, all, settings, [0, levels.length - 1]).boxes;
}

/** The anchors of one level with the highest objectness, moved, best first. */
function bestAnchors(
  o: Operators,
  { objectness, deltas }: { objectness: string; deltas: string },
  config: RpnConfig,
  place: { level: number; stride: number; padded: ImageSize },
): { boxes: string; scores: string } {
  const { scoreThreshold, preNmsTopN, anchors } = config;
  const shapes = anchors.sizes[place.level].length * anchors.aspectRatios[place.level].length;
  const logits = o.reshape(o.transpose(objectness, 0, 2, 3, 1), [-1]);
  const byAnchor = o.reshape(o.transpose(o.reshape(deltas, [shapes, 4, -1]), 2, 0, 1), [-1, 4]);
  const best = o.greatest(logits, preNmsTopN);
  const isLikely = o.atLeast(best.values, Math.log(scoreThreshold / (1 - scoreThreshold)));
  const kept = scoreThreshold > 0 ? o.positions(isLikely) : null;
  const take = (x: string) => (kept === null ? x : o.gather(x, kept));
  const indices = take(best.indices);
  const grid = { rows: o.extent(objectness, 2), columns: o.extent(objectness, 3) };
  const boxes = anchorsAt(o, indices, anchors, { ...place, ...grid, shapes });
  return {
    boxes: decodedBoxes(o, boxes, o.gather(byAnchor, indices), rpnCodingWeights),
    scores: o.apply('Sigmoid', take(best.values)),
  };
}

/** `anchorsAt` (ops/anchors.ts). @param indices In the order row, column, shape. */
function anchorsAt(
  o: Operators,
  indices: string,
  { sizes, aspectRatios, placement }: RpnConfig['anchors'],
  grid: { level: number; stride: number; padded: ImageSize; rows: string; columns: string; shapes: number },
): string {
  const base = baseAnchors(sizes[grid.level], aspectRatios[grid.level], placement);
  const location = o.div(indices, o.int(grid.shapes));
  const shape = o.sub(indices, o.mul(location, o.int(grid.shapes)));
  const row = o.div(location, grid.columns);
  const column = o.sub(location, o.mul(row, grid.columns));
  const between = (pixels: string, locations: string) =>
    placement === 'rounded' ? o.div(pixels, locations) : o.int(grid.stride);
  const x = o.mul(column, between(grid.padded.width, grid.columns));
  const y = o.mul(row, between(grid.padded.height, grid.rows));
  const shift = o.concat(
    [x, y, x, y].map((corner) => o.unsqueeze(corner, 1)),
    1,
  );
  const bases = o.write.constant(float32Tensor([grid.shapes, 4], base));
  return o.add(o.gather(bases, shape), o.cast(shift, 'float32'));
}
