import { UsageError } from '../../core/errors.ts';
import type { Focus, ProposalFate } from '../../explanation/focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import type { FocusContext } from './focus-context.ts';
import { boxAt, overlapOf } from './plain.ts';
import { type Refined, refineAll } from './trace.ts';

/** Which RoI to follow; by default a good instance whose proposal the box branch moved visibly. */
export interface FocusWish {
  /** Position of a detection, the best-scored being 0. */
  instance?: number;
  /** Position of a proposal, the best-scored being 0, whatever became of it. */
  proposal?: number;
}

/** An RoI to follow, as one class moved it. */
export interface FocusChoice {
  /** Position of the detection that it became; null where it became none. */
  instance: number | null;
  label: number;
  refined: Refined;
}

type Context = Pick<FocusContext, 'records' | 'instances' | 'config'>;

/**
 * Finds the RoI to follow.
 * @returns Null where there is no proposal.
 * @throws UsageError where the wished one was not found, or two are wished for.
 */
export function chooseFocus(context: Context, { instance, proposal }: FocusWish): FocusChoice | null {
  const { records, instances } = context;
  const proposals = records.proposals.scores.length;
  if (instance !== undefined && proposal !== undefined) {
    throw new UsageError('either an instance or a proposal can be followed, not both');
  }
  if (instance !== undefined && !instances[instance]) {
    throw new UsageError(`instance ${instance + 1} is wanted, but ${instances.length} were found`);
  }
  if (proposal !== undefined && !(Number.isInteger(proposal) && proposal >= 0 && proposal < proposals)) {
    throw new UsageError(`proposal ${proposal + 1} is wanted, but there are ${proposals}`);
  }
  if (proposals === 0) return null;
  if (proposal !== undefined) return chooseProposal(context, proposal);
  return instances.length > 0 ? chooseDetection(context, instance) : chooseProposal(context, 0);
}

/** What became of the RoI, and which instance it gave way to. */
export function fateOf(choice: FocusChoice, context: Context): Pick<Focus, 'fate' | 'suppressedBy'> {
  const { refined, label } = choice;
  const { nmsThreshold, nmsOverlap, scoreThreshold } = context.config.box;
  const fate = (name: ProposalFate, suppressedBy: number | null = null) => ({ fate: name, suppressedBy });
  if (choice.instance !== null) return fate('instance');
  if (refined.score <= scoreThreshold) return fate('background');
  const winners = [...context.instances.entries()].filter(
    ([, other]) =>
      other.label === label &&
      other.classScore >= refined.score &&
      overlapOf(other.box, refined.box, nmsOverlap) > nmsThreshold,
  );
  if (winners.length === 0) return fate('dropped');
  // The one that NMS met first.
  const [winner] = winners.reduce((first, one) => (one[1].classScore > first[1].classScore ? one : first));
  return fate('suppressed', winner);
}

function chooseDetection({ records, instances, config }: Context, wanted: number | undefined): FocusChoice {
  const best = Math.max(...instances.map(({ classScore }) => classScore));
  const byLabel = new Map<number, Refined[]>();
  const choices = instances.map((instance, index): FocusChoice => {
    const { label } = instance;
    if (!byLabel.has(label)) byLabel.set(label, refineAll(records, label, config));
    const refined = byLabel.get(label)?.find((candidate) => isSame(candidate, instance));
    if (!refined) throw new RangeError(`detection ${index} came from no proposal`);
    return { instance: index, label, refined };
  });
  if (wanted !== undefined) return choices[wanted];
  const sizes = instances.map(({ box }) => Math.sqrt((box[2] - box[0]) * (box[3] - box[1])));
  const largest = Math.max(...sizes);
  const interest = choices.map(({ refined }, i) => {
    if (refined.score < 0.9 * best) return -1;
    const moved = 1 - overlapOf(boxAt(records.proposals.boxes, refined.rank), refined.box);
    const cut = touchesBorder(refined.box, records.input) ? 0.5 : 0;
    return 1 + Math.min(moved, 0.35) + (0.4 * sizes[i]) / largest - cut;
  });
  return choices[interest.indexOf(Math.max(...interest))];
}

function isSame({ box, score }: Refined, instance: { box: PlainBox; classScore: number }): boolean {
  return score === instance.classScore && box.every((corner, i) => corner === instance.box[i]);
}

function touchesBorder([x1, y1, x2, y2]: PlainBox, { width, height }: PreparedPicture): boolean {
  return x1 <= 1 || y1 <= 1 || x2 >= width - 1 || y2 >= height - 1;
}

/** A proposal as the object class that scores highest on it moves it. */
function chooseProposal({ records, instances, config }: Context, rank: number): FocusChoice {
  const classes = config.categories.length + 1;
  const { data } = records.boxOutput.scores;
  const scores = [...data.subarray(rank * classes + 1, (rank + 1) * classes)];
  const label = 1 + scores.indexOf(Math.max(...scores));
  const unlimited = { box: { ...config.box, scoreThreshold: -1 } };
  const refined = refineAll(records, label, unlimited)[rank];
  const instance = instances.findIndex((other) => other.label === label && isSame(refined, other));
  return { instance: instance < 0 ? null : instance, label, refined };
}
