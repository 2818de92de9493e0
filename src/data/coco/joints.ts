import { InputError } from '../../core/errors.ts';
import type { CocoCategory, CocoDataset } from './types.ts';

/** The keypoints that a data set annotates. Pairs refer to them by position, from 1. */
export interface Joints {
  names: string[];
  skeleton: [number, number][];
  /** Keypoints that swap in a mirror image; null: derived from their names. */
  flip: [number, number][] | null;
}

/**
 * The keypoints of a data set's categories, or null if none has any.
 * @throws InputError if `keypoints`, `skeleton` or `flip` does not have COCO's form, or two categories have
 * different keypoints.
 */
export function jointsOf({
  categories,
  source = 'the data set',
}: Pick<CocoDataset, 'categories'> & { source?: string }): Joints | null {
  const withJoints = categories.filter(({ keypoints }) => keypoints !== undefined && keypoints.length > 0);
  if (withJoints.length === 0) return null;
  const [first, ...others] = withJoints.map((category) => readJoints(category, source));
  for (const [i, { names }] of others.entries()) {
    if (names.join() === first.names.join()) continue;
    const [one, other] = [withJoints[0].name, withJoints[i + 1].name];
    throw new InputError(
      source,
      `categories ${one} and ${other} have different keypoints; a model supports a single list`,
    );
  }
  return first;
}

function readJoints({ name, keypoints, skeleton = [], flip }: CocoCategory, source: string): Joints {
  const place = `category ${name}`;
  if (!Array.isArray(keypoints) || !keypoints.every((joint) => typeof joint === 'string')) {
    throw new InputError(source, `${place}: keypoints: expected a list of names`);
  }
  return {
    names: keypoints,
    skeleton: readPairs(skeleton, keypoints.length, `${place}: skeleton`, source),
    flip: flip === undefined ? null : readPairs(flip, keypoints.length, `${place}: flip`, source),
  };
}

function readPairs(pairs: unknown, count: number, place: string, source: string): [number, number][] {
  const isJoint = (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= count;
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(isJoint);
  if (Array.isArray(pairs) && pairs.every(isPair)) return pairs.map(([from, to]) => [from, to]);
  throw new InputError(source, `${place}: expected pairs of keypoints, each 1…${count}`);
}
