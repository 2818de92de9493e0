import type { Random } from '../../core/random.ts';
import type { Picture } from '../../image/picture.ts';
import { type MaskColumns, splitIntoColumns } from '../../ops/mask-columns.ts';
import { joinPoses, movePoses, type Poses, takePoses } from '../../ops/poses.ts';
import { rleArea, rleBox } from '../../ops/rle/measure.ts';
import { mergeRles } from '../../ops/rle/merge.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { cropMask } from '../sample/mask-geometry.ts';
import { type Sample, withMasks } from '../sample/sample.ts';

/** Objects with a smaller visible fraction are dropped: they are no longer recognisable. */
const minVisible = 0.1;

/**
 * Pastes objects of a donor that have a mask into a sample, each chosen with probability ½, at least one, at random positions
 * (Ghiasi et al. 2021, "Simple Copy-Paste"). The pixels that they cover are removed from the masks below, and
 * keypoints there become hidden.
 */
export function copyPaste(sample: Sample, donor: Sample, random: Random): Sample {
  const data = sample.picture.data.slice();
  const picture = { ...sample.picture, data };
  let masks = [...sample.masks];
  const areas = masks.map(rleArea);
  const labels = [...sample.labels];
  const hasMask = sample.hasMask && [...sample.hasMask];
  let { poses } = sample;
  const outlined = [...donor.masks.keys()].filter((i) => donor.hasMask?.[i] ?? true);
  for (const chosen of chooseSome(outlined.length, random)) {
    const i = outlined[chosen];
    const { placed, left, top } = pasteObject(donor.picture, donor.masks[i], picture, random);
    if (poses && donor.poses) {
      const own = movePoses(takePoses(donor.poses, [i]), (x, y) => [x - left, y - top]);
      poses = joinPoses(hideJoints(poses, placed), own);
    }
    masks = masks.map((below) => hide(below, placed));
    masks.push(placed);
    hasMask?.push(true);
    areas.push(rleArea(donor.masks[i]));
    labels.push(donor.labels[i]);
  }
  const visible = [...masks.keys()].filter((i) => rleArea(masks[i]) >= minVisible * areas[i]);
  return withMasks(
    picture,
    visible.map((i) => masks[i]),
    visible.map((i) => labels[i]),
    { poses: poses && takePoses(poses, visible), hasMask: hasMask && visible.map((i) => hasMask[i]) },
  );
}

function chooseSome(count: number, random: Random): number[] {
  const chosen = Array.from({ length: count }, (_, i) => i).filter(() => random.uniform() < 0.5);
  return chosen.length === 0 && count > 0 ? [random.integer(count)] : chosen;
}

/**
 * Copies an object's pixels to a random position in `target`, in place.
 * @returns Its mask there, and its displacement.
 */
function pasteObject(source: Picture, mask: Rle, target: Picture, random: Random) {
  const [x, y, width, height] = rleBox(mask);
  const place = (extent: number, size: number) => random.integer(Math.max(extent - size, 0) + 1);
  const left = x - place(target.width, width);
  const top = y - place(target.height, height);
  const placed = cropMask(mask, { left, top, width: target.width, height: target.height });
  const { starts, tops, bottoms } = splitIntoColumns(placed);
  for (let column = 0; column < target.width; column++) {
    for (let run = starts[column]; run < starts[column + 1]; run++) {
      for (let row = tops[run]; row < bottoms[run]; row++) {
        const from = ((row + top) * source.width + column + left) * 3;
        const to = (row * target.width + column) * 3;
        for (let c = 0; c < 3; c++) target.data[to + c] = source.data[from + c];
      }
    }
  }
  return { placed, left, top };
}

/** Visible keypoints under a mask become hidden. */
function hideJoints(poses: Poses, cover: Rle): Poses {
  const columns = splitIntoColumns(cover);
  const joints = poses.points.slice();
  for (let at = 0; at < joints.length; at += 3) {
    if (joints[at + 2] === 2 && covers(columns, joints[at], joints[at + 1])) joints[at + 2] = 1;
  }
  return { ...poses, points: joints };
}

function covers({ starts, tops, bottoms }: MaskColumns, x: number, y: number): boolean {
  const column = Math.floor(x);
  for (let run = starts[column]; run < starts[column + 1]; run++) {
    if (y >= tops[run] && y < bottoms[run]) return true;
  }
  return false;
}

function hide(mask: Rle, cover: Rle): Rle {
  return mergeRles([mask, complement(cover)], 'intersection');
}

function complement({ size, counts }: Rle): Rle {
  if (counts[0] === 0) return { size, counts: counts.slice(1) };
  const shifted = new Uint32Array(counts.length + 1);
  shifted.set(counts, 1);
  return { size, counts: shifted };
}
