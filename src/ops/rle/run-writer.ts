/** Collects an RLE from pixels written in ascending order; pixels left out are background. */
export class RunWriter {
  readonly #counts: number[] = [];
  #inside = false;
  #start = 0;

  write(position: number, inside: boolean): void {
    if (inside === this.#inside) return;
    // A run that ends where the next begins, across two columns, is extended.
    if (inside && position === this.#start && this.#counts.length > 0) {
      this.#start -= this.#counts.pop() ?? 0;
    } else {
      this.#counts.push(position - this.#start);
      this.#start = position;
    }
    this.#inside = inside;
  }

  finish(end: number): Uint32Array {
    if (end > this.#start) this.#counts.push(end - this.#start);
    return Uint32Array.from(this.#counts);
  }
}
