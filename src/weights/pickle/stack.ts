import { PickleProblem, PickleTruncated, type PickleValue } from './values.ts';

/** The most containers and memo entries of one pickle; a state dict of 10,000 tensors has about 60,000. */
const maxObjects = 500_000;

/** The state of the unpickling machine: the bytes that it reads, the stack with its marks, and the memo. */
export class PickleStack {
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #values: PickleValue[] = [];
  /** Heights of the stack at which MARK was seen. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #objects = 0;
  /** Bytes that calls made. */
  #made = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** Exact up to 2^53; larger lengths would not fit anyway. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Pickled floats are big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return decodeText(this.bytes(length));
  }

  /** Text up to the next newline, which is consumed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new PickleTruncated('its pickle ends within a line');
    const text = this.text(end - this.position);
    this.#advance(1);
    return text;
  }

  push(value: PickleValue): void {
    this.#values.push(value);
  }

  /** Pushes a new container, which counts against {@link maxObjects}. */
  pushNew(value: PickleValue): void {
    this.#countObject();
    this.push(value);
  }

  pop(): PickleValue {
    if (this.#values.length <= (this.#marks.at(-1) ?? 0))
      throw new PickleProblem('its pickle pops an empty stack');
    return this.#values.pop()!;
  }

  /** The topmost value, which remains on the stack. */
  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** Removes and returns everything above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new PickleProblem('its pickle has no mark');
    return this.#values.splice(mark);
  }

  remember(index: number): void {
    this.#countObject();
    this.#memo.set(index, this.top());
  }

  /** Stores the topmost value under the next free index, as MEMOIZE does. */
  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined)
      throw new PickleProblem(`its pickle recalls memo entry ${index}, which is not set`);
    this.push(value);
  }

  /** The result when STOP is reached. */
  finish(): PickleValue {
    const value = this.pop();
    if (this.#values.length > 0 || this.#marks.length > 0)
      throw new PickleProblem('its pickle ends too early');
    return value;
  }

  /**
   * Counts bytes that a call made. Honest pickles contain the text of each such call, so together they make no more
   * than the pickle has; one that repeats a memoised text could make a million times as much.
   */
  spend(bytes: number): void {
    this.#made += bytes;
    if (this.#made > this.#bytes.length)
      throw new PickleProblem(`its pickle of ${this.#bytes.length} bytes makes more bytes than it has`);
  }

  #countObject(): void {
    if (++this.#objects > maxObjects)
      throw new PickleProblem(`its pickle makes more than ${maxObjects} objects`);
  }

  #advance(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) {
      throw new PickleTruncated(
        `its pickle needs ${length} bytes at ${start}, ${this.#bytes.length - start} are left`,
      );
    }
    this.position = start + length;
    return start;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new PickleProblem('its pickle holds text that is not UTF-8', { cause: error });
  }
}
