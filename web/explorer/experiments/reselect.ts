import {
  type Candidate,
  type ExplainedDetections,
  type ExplainedProposals,
  type PlainBox,
  type Proposal,
  type ScoredBoxes,
  selectBoxes,
} from '../../product.ts';

/** Proposals, selected again. */
export interface Reselected {
  /** Best first. */
  proposals: Proposal[];
  /** Number of boxes after NMS, before the limit. */
  afterNms: number;
}

/** Selects the proposals from the recorded boxes before NMS, as stage 4 does. */
export function reselectProposals(
  { beforeNms }: Pick<ExplainedProposals, 'beforeNms'>,
  { nmsThreshold, limit }: { nmsThreshold: number; limit: number },
): Reselected {
  const groups = groupsBy(beforeNms, ({ level }) => level);
  const { origins, survivors } = selectBoxes(groups, { minSize: 0, nmsThreshold, limit });
  return {
    proposals: Array.from(origins, (i) => beforeNms[i]),
    afterNms: survivors.reduce((sum, { scores }) => sum + scores.length, 0),
  };
}

/**
 * Selects the detections from the recorded candidates, as stage 7 does.
 * @param proposals Number of proposals, the best first, whose candidates may become detections.
 * @returns Best first.
 */
export function reselectDetections(
  { beforeNms, nmsOverlap, limit }: Pick<ExplainedDetections, 'beforeNms' | 'nmsOverlap' | 'limit'>,
  { nmsThreshold, proposals }: { nmsThreshold: number; proposals: number },
): Candidate[] {
  const left = beforeNms.filter(({ proposal }) => proposal < proposals);
  const groups = groupsBy(left, ({ label }) => label);
  const { origins } = selectBoxes(groups, { minSize: 0, nmsThreshold, nmsOverlap, limit });
  return Array.from(origins, (i) => left[i]);
}

interface Scored {
  box: PlainBox;
  score: number;
}

/** Boxes by the value of `keyOf`, with their positions in the list as origins. */
function groupsBy<Box extends Scored>(
  boxes: readonly Box[],
  keyOf: (box: Box) => string | number,
): ScoredBoxes[] {
  const positions = new Map<string | number, number[]>();
  for (const [i, box] of boxes.entries()) {
    const group = positions.get(keyOf(box));
    if (group) group.push(i);
    else positions.set(keyOf(box), [i]);
  }
  return [...positions.values()].map((own, label) => ({
    boxes: Float32Array.from(own.flatMap((i) => boxes[i].box)),
    scores: Float32Array.from(own, (i) => boxes[i].score),
    labels: new Int32Array(own.length).fill(label),
    origins: Uint32Array.from(own),
  }));
}
