import { UsageError } from '../../core/errors.ts';
import { largest } from '../../core/extremes.ts';
import type { Focus, ProposalFate } from '../../explanation/focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import { boxAt } from '../../ops/boxes.ts';
import type { FocusContext } from './focus-context.ts';
import { overlapOf, rowOf } from './plain.ts';
import { type Refined, refine } from './trace.ts';

/** Which RoI to follow; by default a well-scored instance whose proposal the box branch moved visibly. */
export interface FocusWish {
  /** Position of a detection, the best-scored being 0. */
  instance?: number | undefined;
  /** Position of a proposal, the best-scored being 0, whether or not it became an instance. */
  proposal?: number | undefined;
}

/** A position at which there is no RoI was requested; the message counts from 0, as the options do. */
export class AbsentRoi extends UsageError {
  /** The message where users count from 1, as on the command line. */
  readonly fromOne: string;

  constructor(kind: keyof FocusWish, position: number, count: number) {
    const found = count === 1 ? '1 was found' : `${count} were found`;
    super(`there is no ${kind} ${position}, counted from 0; ${found}`);
    this.fromOne = `there is no ${kind} ${position + 1}; ${found}`;
  }
}

/** An RoI to follow, as one class moved it. */
export interface FocusChoice {
  /** Position of the instance that it became; null where it became none. */
  instance: number | null;
  label: number;
  refined: Refined;
}

type Context = Pick<FocusContext, 'records' | 'instances' | 'config'>;

/**
 * Chooses the RoI to follow.
 * @returns Null where there is no proposal.
 * @throws AbsentRoi where the requested one does not exist; UsageError where two are requested.
 */
export function chooseFocus(context: Context, { instance, proposal }: FocusWish): FocusChoice | null {
  const { records, instances } = context;
  const proposals = records.proposals.scores.length;
  if (instance !== undefined && proposal !== undefined) {
    throw new UsageError('select either an instance or a proposal, not both');
  }
  if (instance !== undefined && !instances[instance]) {
    throw new AbsentRoi('instance', instance, instances.length);
  }
  if (proposal !== undefined && !(Number.isInteger(proposal) && proposal >= 0 && proposal < proposals)) {
    throw new AbsentRoi('proposal', proposal, proposals);
  }
  if (proposals === 0) return null;
  if (proposal !== undefined) return chooseProposal(context, proposal);
  if (instances.length > 0) return chooseDetection(context, instance);
  return records.detections.scores.length > 0 ? chooseRescored(context) : chooseProposal(context, 0);
}

/** What became of the RoI, and which instance suppressed it. */
export function fateOf(choice: FocusChoice, context: Context): Pick<Focus, 'fate' | 'suppressedBy'> {
  const { refined, label } = choice;
  const { nmsThreshold, nmsOverlap, scoreThreshold } = context.config.box;
  const fate = (name: ProposalFate, suppressedBy: number | null = null) => ({ fate: name, suppressedBy });
  if (choice.instance !== null) return fate('instance');
  if (refined.score <= scoreThreshold) {
    const [background] = classScoresOf(refined.rank, context);
    return fate(background < refined.score ? 'belowThreshold' : 'background');
  }
  const winners = [...context.instances.entries()].filter(
    ([, other]) =>
      other.label === label &&
      other.classScore >= refined.score &&
      overlapOf(other.box, refined.box, nmsOverlap) > nmsThreshold,
  );
  if (winners.length === 0) return fate(isDetection(choice, context) ? 'rescored' : 'dropped');
  // NMS goes through the boxes by class score, so the best-scored one was first to suppress it.
  const [winner] = winners.reduce((first, one) => (one[1].classScore > first[1].classScore ? one : first));
  return fate('suppressed', winner);
}

/** Whether the choice was left after NMS and the limit. */
function isDetection({ refined, label }: FocusChoice, { records: { detections } }: Context): boolean {
  const { labels, origins } = detections;
  return labels.some((other, i) => other === label && origins[i] === refined.rank);
}

/** The best detection where masks lowered the scores of all of them; by then NMS is done. */
function chooseRescored({ records, config }: Context): FocusChoice {
  const label = records.detections.labels[0];
  const rank = records.detections.origins[0];
  return { instance: null, label, refined: refine(records, { rank, label }, config) };
}

function chooseDetection(context: Context, requested: number | undefined): FocusChoice {
  const instance = requested ?? mostInstructive(context);
  const { records, instances, config } = context;
  const { label } = instances[instance];
  const rank = records.instances.origins[instance];
  return { instance, label, refined: refine(records, { rank, label }, config) };
}

/** A large instance of a good score, away from the border, whose proposal was moved visibly. */
function mostInstructive({ records, instances }: Context): number {
  const best = largest(instances.map(({ classScore }) => classScore));
  const sizes = instances.map(({ box }) => Math.sqrt((box[2] - box[0]) * (box[3] - box[1])));
  const largestSize = largest(sizes);
  const interest = instances.map(({ box, classScore }, i) => {
    if (classScore < 0.9 * best) return -1;
    const proposal = boxAt(records.proposals.boxes, records.instances.origins[i]);
    const moved = 1 - overlapOf(proposal, box);
    const cut = touchesBorder(box, records.input) ? 0.5 : 0;
    return 1 + Math.min(moved, 0.35) + (0.4 * sizes[i]) / largestSize - cut;
  });
  return interest.indexOf(largest(interest));
}

function touchesBorder([x1, y1, x2, y2]: PlainBox, { width, height }: PreparedPicture): boolean {
  return x1 <= 1 || y1 <= 1 || x2 >= width - 1 || y2 >= height - 1;
}

/** A proposal as moved by the object class that scores highest on it. */
function chooseProposal(context: Context, rank: number): FocusChoice {
  const { records, instances, config } = context;
  const [, ...scores] = classScoresOf(rank, context);
  const label = 1 + scores.indexOf(largest(scores));
  const { origins } = records.instances;
  const instance = instances.findIndex((other, i) => other.label === label && origins[i] === rank);
  return {
    instance: instance < 0 ? null : instance,
    label,
    refined: refine(records, { rank, label }, config),
  };
}

/** The scores of a proposal, the background first. */
function classScoresOf(rank: number, { records, config }: Context): number[] {
  return rowOf(records.boxOutput.scores.data, rank, config.categories.length + 1);
}
