import { palette } from './colors.ts';
import type { DrawablePose } from './drawable.ts';
import { hundredth } from './rounding.ts';

/** Keypoints with a lower logit are not drawn: they are probably not visible in the picture. */
const leastScore = 2;

/**
 * The SVG elements of a pose: bones, each in its own colour to distinguish left from right, and keypoints.
 * @param scale Output pixels per pixel of the picture.
 * @param width Stroke width of a bone in output pixels.
 */
export function skeletonElements(pose: DrawablePose, scale: number, width: number): string {
  const isShown = (index: number) => (pose.points[index].score ?? Infinity) >= leastScore;
  const at = (index: number) => {
    const { x, y } = pose.points[index];
    return [hundredth(x * scale), hundredth(y * scale)] as const;
  };
  const bones = pose.skeleton.flatMap(([from, to], index) => {
    if (!isShown(from) || !isShown(to)) return [];
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    const line = `x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke-linecap="round"`;
    const color = `rgb(${palette[index % palette.length].join(',')})`;
    return [
      `<line ${line} stroke="rgba(0,0,0,0.4)" stroke-width="${hundredth(width * 1.8)}"/>` +
        `<line ${line} stroke="${color}" stroke-width="${hundredth(width)}"/>`,
    ];
  });
  const circles = pose.points.flatMap((_, index) => {
    if (!isShown(index)) return [];
    const [x, y] = at(index);
    const circle = `cx="${x}" cy="${y}" r="${hundredth(width * 1.2)}"`;
    return [
      `<circle ${circle} fill="#fff" stroke="rgba(0,0,0,0.6)" stroke-width="${hundredth(width * 0.4)}"/>`,
    ];
  });
  return [...bones, ...circles].join('');
}
