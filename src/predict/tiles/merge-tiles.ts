import { largest, smallest } from '../../core/extremes.ts';
import { type Region, sharedRegion } from '../../image/region.ts';
import { intersectionArea } from '../../ops/boxes.ts';
import { rleIntersection } from '../../ops/rle/iou.ts';
import { rleArea, rleAreaWithin } from '../../ops/rle/measure.ts';
import { mergeRles } from '../../ops/rle/merge.ts';
import type { PlacedInstance } from '../placed-instances.ts';

/** What was found in one tile. */
export interface TileResult {
  readonly region: Region;
  /** Boxes and masks in pixels of the whole picture, inside the region. */
  readonly found: readonly PlacedInstance[];
  /** Whether an edge of the tile that is not one of the picture's cuts the instance; one for each found. */
  readonly cut: readonly boolean[];
}

/** An instance on its way to the merged result. */
interface Candidate {
  instance: PlacedInstance;
  readonly cut: boolean;
  readonly region: Region;
  area: number;
  links: Link[];
  fate: 'kept' | 'dropped';
}

/** Two candidates from different tiles, of one class, that share pixels. */
interface Link {
  readonly other: Candidate;
  readonly shared: number;
}

/**
 * Merges what overlapping tiles found, class by class. Two instances are one object where their masks (boxes, in a model
 * without masks) share more than `threshold` of the smaller one's pixels, as in SAHI's GREEDYNMM with IOS; of an
 * instance that is cut by its tile's edge only the part that the other tile sees as well counts.
 *
 * 1. Of whole instances the one with the best score stays.
 * 2. A cut one goes where a whole one covers it.
 * 3. Cut ones that continue each other are joined: their masks' union, the best score.
 * 4. Of joined and whole ones the one with the best score stays.
 *
 * @returns Best score first.
 */
export function mergeTiles(tiles: readonly TileResult[], threshold = 0.5): PlacedInstance[] {
  const byTile = tiles.map(candidatesOf);
  linkNeighbours(tiles, byTile);
  const all = byTile.flat().sort((a, b) => b.instance.score - a.instance.score);
  const whole = all.filter(({ cut }) => !cut);
  const cut = all.filter((candidate) => candidate.cut);

  for (const candidate of whole) suppress(candidate, threshold, (other) => !other.cut);
  for (const candidate of cut) {
    const covered = candidate.links.some(
      ({ other, shared }) => !other.cut && other.fate === 'kept' && shared > threshold * candidate.area,
    );
    if (covered) candidate.fate = 'dropped';
  }
  for (const group of groupsOf(
    cut.filter(({ fate }) => fate === 'kept'),
    threshold,
  ))
    join(group);
  for (const candidate of all) {
    if (candidate.fate === 'kept') suppress(candidate, threshold, (other) => other.cut !== candidate.cut);
  }
  return all
    .filter(({ fate }) => fate === 'kept')
    .map(({ instance }) => instance)
    .sort((a, b) => b.score - a.score);
}

function candidatesOf({ region, found, cut }: TileResult): Candidate[] {
  return found.map((instance, i) => ({
    instance,
    cut: cut[i],
    region,
    area: areaOf(instance),
    links: [],
    fate: 'kept',
  }));
}

/** Finds the pairs of candidates that share pixels. Tiles are few beside instances, and only neighbours overlap. */
function linkNeighbours(tiles: readonly TileResult[], byTile: readonly Candidate[][]): void {
  for (let a = 0; a < tiles.length; a++) {
    for (let b = a + 1; b < tiles.length; b++) {
      const region = sharedRegion(tiles[a].region, tiles[b].region);
      if (!region) continue;
      const within = (candidate: Candidate) => boxesMeet(candidate.instance.box, boxOf(region));
      const others = byTile[b].filter(within);
      for (const one of byTile[a].filter(within)) {
        for (const other of others) link(one, other);
      }
    }
  }
}

function link(one: Candidate, other: Candidate): void {
  if (one.instance.label !== other.instance.label) return;
  const shared = sharedArea(one.instance, other.instance);
  if (shared === 0) return;
  one.links.push({ other, shared });
  other.links.push({ other: one, shared });
}

/** Drops what a kept candidate shows already. */
function suppress(candidate: Candidate, threshold: number, concerns: (other: Candidate) => boolean): void {
  if (candidate.fate === 'dropped') return;
  for (const { other, shared } of candidate.links) {
    if (!concerns(other) || other.instance.score > candidate.instance.score) continue;
    if (shared > threshold * Math.min(candidate.area, other.area)) other.fate = 'dropped';
  }
}

/** Cut candidates that continue each other, directly or through others. */
function groupsOf(cut: readonly Candidate[], threshold: number): Candidate[][] {
  const groups: Candidate[][] = [];
  const seen = new Set<Candidate>();
  for (const first of cut) {
    if (seen.has(first)) continue;
    const group = [first];
    seen.add(first);
    for (const member of group) {
      for (const { other, shared } of member.links) {
        if (!other.cut || other.fate === 'dropped' || seen.has(other)) continue;
        const region = sharedRegion(member.region, other.region);
        if (!region || shared <= threshold * Math.min(areaWithin(member, region), areaWithin(other, region)))
          continue;
        seen.add(other);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** Leaves the first, which has the best score, with the masks and the extent of all. */
function join([best, ...others]: Candidate[]): void {
  if (others.length === 0) return;
  const all = [best, ...others];
  const masks = all.flatMap(({ instance }) => instance.mask ?? []);
  const boxes = all.map(({ instance }) => instance.box);
  best.instance = {
    ...best.instance,
    mask: masks.length > 0 ? mergeRles(masks, 'union') : null,
    box: [
      smallest(boxes.map(([x1]) => x1)),
      smallest(boxes.map(([, y1]) => y1)),
      largest(boxes.map(([, , x2]) => x2)),
      largest(boxes.map(([, , , y2]) => y2)),
    ],
  };
  best.area = areaOf(best.instance);
  for (const other of others) other.fate = 'dropped';
  const whole = new Set(
    all.flatMap(({ links }) => links.map(({ other }) => other).filter(({ cut }) => !cut)),
  );
  best.links = Array.from(whole, (other) => ({ other, shared: sharedArea(best.instance, other.instance) }));
}

type Box = PlacedInstance['box'];

function boxOf({ left, top, width, height }: Region): Box {
  return [left, top, left + width, top + height];
}

function boxesMeet(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function areaOf({ mask, box }: PlacedInstance): number {
  return mask ? rleArea(mask) : intersectionArea(box, box);
}

function sharedArea(a: PlacedInstance, b: PlacedInstance): number {
  if (!boxesMeet(a.box, b.box)) return 0;
  return a.mask && b.mask ? rleIntersection(a.mask, b.mask) : intersectionArea(a.box, b.box);
}

function areaWithin({ instance: { mask, box } }: Candidate, region: Region): number {
  return mask ? rleAreaWithin(mask, region) : intersectionArea(box, boxOf(region));
}
