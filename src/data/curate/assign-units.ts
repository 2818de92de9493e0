import { largest } from '../../core/extremes.ts';
import type { Random } from '../../core/random.ts';

/** Exchanges that are tried, by the number of units; each costs little. */
const triesPerUnit = 60;
const mostTries = 400_000;
const fewestTries = 10_000;

/** Few units have few good divisions, which one start can miss. */
const starts = 8;
const fewUnits = 1000;

/**
 * Assigns units to parts so that every quantity is divided by the shares.
 * @param counts The quantities of each unit, all of one length.
 * @param shares Of each part; they add up to 1.
 * @returns The part of each unit.
 */
export function assignUnits(
  counts: readonly Float64Array[],
  shares: readonly number[],
  random: Random,
): Uint32Array {
  const quantities = counts[0]?.length ?? 0;
  const totals = new Float64Array(quantities);
  for (const unit of counts) for (let q = 0; q < quantities; q++) totals[q] += unit[q];
  const divisions = Array.from(
    { length: counts.length <= fewUnits ? starts : 1 },
    () => new Division(counts, shares, totals),
  );
  // Units with the most of something scarce first; they have the least choice.
  const order = shuffled(counts.length, random);
  const weight = counts.map((unit) =>
    unit.reduce((most, value, q) => Math.max(most, value / (totals[q] || 1)), 0),
  );
  order.sort((a, b) => weight[b] - weight[a]);
  for (const division of divisions) {
    for (const unit of order) division.place(unit);
    improve(division, random);
  }
  return divisions.reduce((best, other) => (other.largestError() < best.largestError() ? other : best))
    .partOf;
}

/** Moves and exchanges units as long as that brings quantities closer to their shares. */
function improve(division: Division, random: Random): void {
  const units = division.partOf.length;
  if (units < 2) return;
  const tries = Math.min(mostTries, Math.max(fewestTries, triesPerUnit * units));
  for (let attempt = 0; attempt < tries; attempt++) {
    const a = random.integer(units);
    const part = random.integer(division.parts);
    if (random.uniform() < 0.5) division.tryMove(a, part);
    else division.tryExchange(a, random.integer(units));
  }
}

function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** A division of units into parts, and how far it is from the wanted one. */
class Division {
  readonly parts: number;
  readonly partOf: Uint32Array;
  readonly #counts: readonly Float64Array[];
  /** `[parts][quantities]`: what a part has in excess of its share, as a fraction of the total. */
  readonly #excess: Float64Array[];
  readonly #totals: Float64Array;

  constructor(counts: readonly Float64Array[], shares: readonly number[], totals: Float64Array) {
    this.parts = shares.length;
    this.partOf = new Uint32Array(counts.length);
    this.#counts = counts;
    this.#totals = totals;
    this.#excess = shares.map((share) => Float64Array.from(totals, (total) => (total > 0 ? -share : 0)));
  }

  /** Puts a unit into the part that lacks most of what it has. */
  place(unit: number): void {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let part = 0; part < this.parts; part++) {
      const change = this.#change(part, unit, 1);
      if (change >= least) continue;
      least = change;
      best = part;
    }
    this.partOf[unit] = best;
    this.#add(best, unit, 1);
  }

  /** The largest difference of a quantity of a part from its share, as a fraction of the total. */
  largestError(): number {
    return largest(this.#excess.map((excess) => largest(excess.map(Math.abs))));
  }

  tryMove(unit: number, to: number): void {
    const from = this.partOf[unit];
    if (from === to) return;
    if (this.#change(from, unit, -1) + this.#change(to, unit, 1) >= -1e-15) return;
    this.#move(unit, to);
  }

  tryExchange(a: number, b: number): void {
    const [partA, partB] = [this.partOf[a], this.partOf[b]];
    if (partA === partB) return;
    const before = this.#squares(partA) + this.#squares(partB);
    this.#move(a, partB);
    this.#move(b, partA);
    if (this.#squares(partA) + this.#squares(partB) < before - 1e-15) return;
    this.#move(a, partA);
    this.#move(b, partB);
  }

  #move(unit: number, to: number): void {
    this.#add(this.partOf[unit], unit, -1);
    this.#add(to, unit, 1);
    this.partOf[unit] = to;
  }

  #add(part: number, unit: number, sign: number): void {
    const excess = this.#excess[part];
    this.#counts[unit].forEach((value, q) => {
      if (value > 0) excess[q] += (sign * value) / this.#totals[q];
    });
  }

  #squares(part: number): number {
    return this.#excess[part].reduce((sum, value) => sum + value * value, 0);
  }

  /** How the squares of a part's excess change if a unit is added or removed. */
  #change(part: number, unit: number, sign: number): number {
    const excess = this.#excess[part];
    let change = 0;
    this.#counts[unit].forEach((value, q) => {
      if (value === 0) return;
      const step = (sign * value) / this.#totals[q];
      change += step * (2 * excess[q] + step);
    });
    return change;
  }
}
