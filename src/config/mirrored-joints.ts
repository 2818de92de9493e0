import type { KeypointConfig } from './schema.ts';

/**
 * The keypoint that each keypoint becomes in a mirror image: by the configuration's `flip`, or where that is null by name
 * (`left_eye` and `right_eye`, `elbow.L` and `elbow.R`). Keypoints without a counterpart stay as they are.
 * @returns `[K]` positions, from 0.
 */
export function mirroredJoints({ names, flip }: Pick<KeypointConfig, 'names' | 'flip'>): number[] {
  const mirrored = names.map((_, joint) => joint);
  if (flip !== null) {
    for (const [first, second] of flip) {
      mirrored[first - 1] = second - 1;
      mirrored[second - 1] = first - 1;
    }
    return mirrored;
  }
  const positions = new Map(names.map((name, joint) => [name.toLowerCase(), joint]));
  return mirrored.map((joint) => positions.get(otherSide(names[joint].toLowerCase())) ?? joint);
}

/** The name with left and right swapped, as words or as single letters (`L`, `R`). */
function otherSide(name: string): string {
  const sides: Record<string, string> = { left: 'right', right: 'left', l: 'r', r: 'l' };
  return name.replace(/left|right|(?<![a-z])[lr](?![a-z])/g, (side) => sides[side]);
}
