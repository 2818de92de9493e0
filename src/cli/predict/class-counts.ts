/** Counts instances by class. */
export class ClassCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** The most frequent class first: `3 person, 2 car`. */
  toString(): string {
    const counts = [...this.#counts].sort((a, b) => b[1] - a[1]);
    return counts.map(([name, count]) => `${count} ${name}`).join(', ');
  }
}
