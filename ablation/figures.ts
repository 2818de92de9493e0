import { type Random, seededRandom } from '../src/core/random.ts';
import type { CocoCategory } from '../src/data/coco/types.ts';
import { between, logBetween } from './drawing/choose.ts';
import type { DrawnPicture } from './drawn-picture.ts';
import type { PictureSetRecipe } from './recipe.ts';
import { type Outline, Stack } from './stack.ts';

type Point = readonly [x: number, y: number];

/** The joints, in the order of the heat maps. */
const joints = [
  'head',
  'neck',
  'left_elbow',
  'right_elbow',
  'left_hand',
  'right_hand',
  'hip',
  'left_knee',
  'right_knee',
  'left_foot',
  'right_foot',
] as const;
type Joint = (typeof joints)[number];

const bones: readonly (readonly [Joint, Joint])[] = [
  ['head', 'neck'],
  ['neck', 'hip'],
  ['neck', 'left_elbow'],
  ['left_elbow', 'left_hand'],
  ['neck', 'right_elbow'],
  ['right_elbow', 'right_hand'],
  ['hip', 'left_knee'],
  ['left_knee', 'left_foot'],
  ['hip', 'right_knee'],
  ['right_knee', 'right_foot'],
];

/** The category that {@link drawFigures} draws: stick figures that face the viewer, with eleven joints. */
export const figureCategories: readonly CocoCategory[] = [
  {
    id: 1,
    name: 'figure',
    keypoints: joints,
    skeleton: bones.map(([from, to]) => [joints.indexOf(from) + 1, joints.indexOf(to) + 1] as const),
  },
];

/** Half the thickness of a limb and the radius of a head, as fractions of the height. */
const limb = 0.035;
const skull = 0.1;

/**
 * Stick figures in random poses.
 * @param seed 32-bit integer; equal seeds draw equal pictures.
 */
export function drawFigures({ side, objects, extents }: PictureSetRecipe, seed: number): DrawnPicture {
  const random = seededRandom(seed);
  const stack = new Stack(side, random);
  const poses: Readonly<Record<Joint, Point>>[] = [];
  for (let left = objects[0] + random.integer(objects[1] - objects[0] + 1); left > 0; left--) {
    const height = logBetween(random, ...extents);
    const pose = moveInto(randomPose(height, random), { side, margin: skull * height, random });
    if (stack.paint(body(pose, height))) poses.push(pose);
  }
  const found = poses.map((pose, i) => ({
    category: figureCategories[0],
    mask: stack.mask(i),
    visible: stack.visible(i),
    // As in COCO, an occluded joint is still labelled.
    keypoints: joints.flatMap((joint) => [...pose[joint], stack.shows(i, ...pose[joint]) ? 2 : 1]),
  }));
  return { picture: stack.photograph(), objects: found };
}

/** A figure whose neck is at 0, 0; its left is the viewer's right. */
function randomPose(height: number, random: Random): Record<Joint, Point> {
  const lean = between(random, -0.3, 0.3);
  // Angles are measured from straight down, outwards on the limb's own side.
  const from = ([x, y]: Point, angle: number, length: number): Point => [
    x + height * length * Math.sin(angle),
    y + height * length * Math.cos(angle),
  ];
  const neck: Point = [0, 0];
  const hip = from(neck, lean, 0.35);
  const arm = (sign: 1 | -1) => {
    const shoulder = sign * between(random, 0.4, 2.4);
    const elbow = from(neck, shoulder, 0.2);
    return [elbow, from(elbow, shoulder + sign * between(random, -0.6, 1), 0.2)] as const;
  };
  const leg = (sign: 1 | -1) => {
    const thigh = lean + sign * between(random, 0.15, 0.9);
    const knee = from(hip, thigh, 0.22);
    return [knee, from(knee, thigh - sign * between(random, 0, 0.7), 0.22)] as const;
  };
  const [[leftElbow, leftHand], [rightElbow, rightHand]] = [arm(1), arm(-1)];
  const [[leftKnee, leftFoot], [rightKnee, rightFoot]] = [leg(1), leg(-1)];
  return {
    head: from(neck, lean + Math.PI, 0.14),
    neck,
    left_elbow: leftElbow,
    right_elbow: rightElbow,
    left_hand: leftHand,
    right_hand: rightHand,
    hip,
    left_knee: leftKnee,
    right_knee: rightKnee,
    left_foot: leftFoot,
    right_foot: rightFoot,
  };
}

/** Moves a pose to a random position completely inside the picture. */
function moveInto(
  pose: Readonly<Record<Joint, Point>>,
  { side, margin, random }: { side: number; margin: number; random: Random },
): Record<Joint, Point> {
  const [dx, dy] = [0, 1].map((axis) => {
    const values = joints.map((joint) => pose[joint][axis]);
    return between(random, margin - Math.min(...values), side - margin - Math.max(...values));
  });
  const moved = joints.map((joint) => [joint, [pose[joint][0] + dx, pose[joint][1] + dy]] as const);
  return Object.fromEntries(moved) as unknown as Record<Joint, Point>;
}

/** Outline of all bones, thick and with round ends, and of the round head. */
function body(pose: Readonly<Record<Joint, Point>>, height: number): Outline {
  const points = joints.map((joint) => pose[joint]);
  const margin = skull * height;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return {
    bounds: [
      Math.min(...xs) - margin,
      Math.min(...ys) - margin,
      Math.max(...xs) + margin,
      Math.max(...ys) + margin,
    ],
    covers: (x, y) =>
      Math.hypot(x - pose.head[0], y - pose.head[1]) <= skull * height ||
      bones.some(([from, to]) => distance([x, y], pose[from], pose[to]) <= limb * height),
  };
}

/** Distance of a point from a line segment. */
function distance([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy);
  const part = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x1 - part * dx, y - y1 - part * dy);
}
