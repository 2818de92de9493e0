import { maxJsonDepth } from '../../core/parse-json.ts';
import { longDecimal, powersOfTen } from './long-decimal.ts';
import { textAt } from './text.ts';

const quote = 0x22;
const backslash = 0x5c;
const slash = 0x2f;
const encoder = new TextEncoder();
const minus = 0x2d;
const dot = 0x2e;
const comma = 0x2c;
const colon = 0x3a;
const zero = 0x30;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Whether a JSON number may start with this byte. */
export function startsNumber(byte: number): boolean {
  return byte === minus || (byte >= 0x30 && byte <= 0x39);
}

/** Thrown if the buffer ends inside a value but the file does not: read more bytes and restart the value. */
export const needMoreBytes = new Error('the value continues beyond the buffer');

/** The bytes are not JSON. `offset` counts from the start of the file. */
export class JsonSyntaxError extends Error {
  override name = 'JsonSyntaxError';
  readonly offset: number;
  /** The file ends before the value does. */
  readonly truncated: boolean;

  constructor(offset: number, problem: string, truncated = false) {
    super(problem);
    this.offset = offset;
    this.truncated = truncated;
  }
}

/**
 * A JSON reader (RFC 8259) over a window of a file's bytes. It checks the grammar strictly, creates no
 * unnecessary strings, and returns the same doubles as `JSON.parse`.
 *
 * `bytes[end]` is 0, which no JSON token contains, so loops stop there without a bounds check. Every method
 * starts at `position`, advances it past what it read, and throws `needMoreBytes` (window too short) or
 * `JsonSyntaxError`.
 */
export class JsonBytes {
  bytes: Uint8Array = new Uint8Array(1);
  /** Index in `bytes` of the next byte. */
  position = 0;
  /** Index in `bytes` after the last byte of the window. */
  end = 0;
  /** Offset in the file of `bytes[0]`. */
  base = 0;
  /** Whether the window ends at the end of the file. */
  final = false;
  /** The numbers read last by `numbers()`; its length is the capacity, not the count. */
  scratch = new Float64Array(1024);

  /** Reads from a whole text. */
  take(text: Uint8Array): void {
    const bytes = new Uint8Array(text.length + 1);
    bytes.set(text);
    this.use(bytes, text.length);
  }

  /** Reads from a whole text without a copy: the first `end` bytes. @param bytes 0 at `end`. */
  use(bytes: Uint8Array, end: number): void {
    this.bytes = bytes;
    this.position = 0;
    this.end = end;
    this.base = 0;
    this.final = true;
  }

  /** The first byte of the next token, without consuming it; `name` describes what is expected. */
  peek(name = 'a value'): number {
    const { bytes } = this;
    let i = this.position;
    while (bytes[i] === 0x20 || bytes[i] === 0x0a || bytes[i] === 0x0d || bytes[i] === 0x09) i++;
    this.position = i;
    if (i >= this.end) this.#fail(name);
    return bytes[i];
  }

  /** Consumes `byte` if it is the next token. */
  accept(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  /** Consumes `byte`; `name` describes what is expected. */
  expect(byte: number, name: string): void {
    if (this.peek(name) !== byte) this.#fail(name);
    this.position++;
  }

  /** After an element of an array or object: true if another follows, false if `close` ends it. */
  another(close: number): boolean {
    const name = close === closeBracket ? '"," or "]"' : '"," or "}"';
    const byte = this.peek(name);
    if (byte !== comma && byte !== close) this.#fail(name);
    this.position++;
    return byte === comma;
  }

  /** Reads `"key":` and returns the key's position in `bytes`, without the quotes. */
  key(): { start: number; end: number } {
    if (this.peek('a key in double quotes') !== quote) this.#fail('a key in double quotes');
    const start = this.position + 1;
    this.#skipString();
    const end = this.position - 1;
    this.expect(colon, '":"');
    return { start, end };
  }

  /** The text of a string value. */
  string(): string {
    const start = this.position;
    return this.#skipString()
      ? (JSON.parse(textAt(this.bytes, start, this.position)) as string)
      : textAt(this.bytes, start + 1, this.position - 1);
  }

  /**
   * Copies the bytes of a string value, without quotes and escapes, into `target`. Returns their number, or −1, at the
   * same position, if `target` is too short.
   */
  copyText(target: Uint8Array): number {
    const { bytes } = this;
    const start = this.position;
    const room = target.length;
    let length = 0;
    let i = start + 1;
    for (let byte = bytes[i]; byte !== quote; byte = bytes[++i]) {
      if (byte < 0x20) this.#failAt(i, 'the closing quote of a string');
      if (byte === backslash) {
        byte = bytes[++i];
        if (byte !== backslash && byte !== quote && byte !== slash) return this.#copyEscaped(target);
      }
      if (length === room) return -1;
      target[length++] = byte;
    }
    this.position = i + 1;
    return length;
  }

  /** `copyText` of a string with escapes of any kind. */
  #copyEscaped(target: Uint8Array): number {
    const start = this.position;
    const text = encoder.encode(this.string());
    if (text.length > target.length) {
      this.position = start;
      return -1;
    }
    target.set(text);
    return text.length;
  }

  /** A number value. */
  number(): number {
    const { bytes } = this;
    const start = this.position;
    let i = start;
    const negative = bytes[i] === minus;
    if (negative) i++;
    const firstDigit = i;
    // The digits up to the 15th that counts, which are exact as a double, and those after it.
    let head = 0;
    let tail = 0;
    let byte = bytes[i];
    for (; byte >= 0x30 && byte <= 0x39; byte = bytes[++i]) head = head * 10 + (byte - 48);
    const digits = i - firstDigit;
    if (digits === 0 || (digits > 1 && bytes[firstDigit] === zero)) this.#failAt(i, 'a number');
    let fraction = 0;
    let tailDigits = 0;
    if (byte === dot) {
      const firstFraction = ++i;
      for (byte = bytes[i]; byte >= 0x30 && byte <= 0x39; byte = bytes[++i]) {
        if (head < 1e14) head = head * 10 + (byte - 48);
        else {
          tail = tail * 10 + (byte - 48);
          tailDigits++;
        }
      }
      fraction = i - firstFraction;
      if (fraction === 0) this.#failAt(i, 'a digit');
    }
    if (i >= this.end && !this.final) throw needMoreBytes;
    const hasExponent = byte === 0x65 || byte === 0x45;
    if (hasExponent) i = this.#skipExponent(i);
    this.position = i;
    let value = Number.NaN;
    if (!hasExponent && head < 1e15 && tailDigits <= 4 && fraction <= 22) {
      // Both operands are exact, so one division rounds correctly (Clinger 1990).
      if (tailDigits === 0) value = fraction === 0 ? head : head / powersOfTen[fraction];
      else value = longDecimal(head, tail, tailDigits, fraction);
    }
    if (Number.isNaN(value)) return Number(textAt(bytes, start, i));
    return negative ? -value : value;
  }

  /**
   * Reads an array of numbers into `scratch` and returns their count. For any other value, returns −1 and
   * leaves `position` at its start.
   */
  numbers(): number {
    if (this.peek() !== openBracket) return -1;
    const start = this.position++;
    if (this.accept(closeBracket)) return 0;
    const { bytes } = this;
    for (let count = this.#shortNumbers(); ; ) {
      if (bytes[this.position] === 0x20) this.position++;
      if (!startsNumber(bytes[this.position]) && !startsNumber(this.peek())) {
        this.position = start;
        return -1;
      }
      if (count === this.scratch.length) this.#growScratch();
      this.scratch[count++] = this.number();
      if (bytes[this.position] === comma) this.position++;
      else if (!this.another(closeBracket)) return count;
    }
  }

  /**
   * Reads the numbers with which an array begins into `scratch`, as long as they have up to nine digits, as most coordinates
   * have, and a comma behind them: in integers and local variables, so that a large data set is read in 0.85 of the time that
   * `number()` alone takes.
   * @returns Their count; `position` is at what follows.
   */
  #shortNumbers(): number {
    const { bytes, scratch } = this;
    let count = 0;
    let next = this.position;
    for (let i = next; count < scratch.length; ) {
      if (bytes[i] === 0x20) i++;
      const first = i;
      let digits = 0;
      let fraction = 0;
      let byte = bytes[i];
      for (; byte >= 0x30 && byte <= 0x39 && i - first < 9; byte = bytes[++i])
        digits = (digits * 10 + (byte - 48)) | 0;
      if (byte === dot) {
        const dotAt = i;
        byte = bytes[++i];
        for (; byte >= 0x30 && byte <= 0x39 && i - first < 10; byte = bytes[++i])
          digits = (digits * 10 + (byte - 48)) | 0;
        fraction = i - dotAt - 1;
        if (fraction === 0 || dotAt === first) break;
      }
      if (
        byte !== comma ||
        i === first ||
        (i > first + 1 && bytes[first] === zero && bytes[first + 1] !== dot)
      )
        break;
      scratch[count++] = fraction === 0 ? digits : digits / powersOfTen[fraction];
      next = ++i;
    }
    this.position = next;
    return count;
  }

  /**
   * Skips any value, checking its grammar.
   * @param depth Arrays and objects around it.
   */
  skip(depth = 0): void {
    const byte = this.peek();
    if (byte === quote) this.#skipString();
    else if (byte === openBracket) this.#skipArray(depth + 1);
    else if (byte === openBrace) this.#skipObject(depth + 1);
    else if (startsNumber(byte)) this.number();
    else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else this.#fail('a value');
  }

  /** Consumes `null` if it is the next token. */
  acceptNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.#word('null');
    return true;
  }

  /** Any value, as `JSON.parse` would return it. */
  value(): unknown {
    this.peek();
    const start = this.position;
    this.skip();
    return JSON.parse(textAt(this.bytes, start, this.position));
  }

  /** Returns whether the string has escapes. */
  #skipString(): boolean {
    const { bytes } = this;
    let escaped = false;
    let i = this.position + 1;
    for (let byte = bytes[i]; byte !== quote; byte = bytes[++i]) {
      if (byte < 0x20) this.#failAt(i, 'the closing quote of a string');
      if (byte === backslash) {
        escaped = true;
        i = this.#skipEscape(i);
      }
    }
    this.position = i + 1;
    return escaped;
  }

  /** `at` is the backslash; returns the index of the escape's last byte. */
  #skipEscape(at: number): number {
    const kind = this.bytes[at + 1];
    if ('"\\/bfnrt'.includes(String.fromCharCode(kind))) return at + 1;
    if (kind !== 0x75) this.#failAt(at + 1, 'an escape (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u)');
    for (let i = at + 2; i < at + 6; i++)
      if (!/[\da-fA-F]/.test(String.fromCharCode(this.bytes[i]))) this.#failAt(i, 'a hexadecimal digit');
    return at + 5;
  }

  #skipExponent(at: number): number {
    const { bytes } = this;
    let i = at + 1;
    if (bytes[i] === 0x2b || bytes[i] === minus) i++;
    const firstDigit = i;
    while (bytes[i] >= 0x30 && bytes[i] <= 0x39) i++;
    if (i === firstDigit) this.#failAt(i, 'a digit of the exponent');
    if (i >= this.end && !this.final) throw needMoreBytes;
    return i;
  }

  #skipArray(depth: number): void {
    this.#limitDepth(depth);
    this.position++;
    if (this.accept(closeBracket)) return;
    do this.skip(depth);
    while (this.another(closeBracket));
  }

  #skipObject(depth: number): void {
    this.#limitDepth(depth);
    this.position++;
    if (this.accept(closeBrace)) return;
    do {
      this.key();
      this.skip(depth);
    } while (this.another(closeBrace));
  }

  #limitDepth(depth: number): void {
    if (depth <= maxJsonDepth) return;
    throw new JsonSyntaxError(
      this.base + this.position,
      `arrays and objects are nested more than ${maxJsonDepth} deep`,
    );
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++)
      if (this.bytes[this.position + i] !== word.charCodeAt(i)) this.#failAt(this.position + i, `"${word}"`);
    this.position += word.length;
  }

  #growScratch(): void {
    const grown = new Float64Array(this.scratch.length * 2);
    grown.set(this.scratch);
    this.scratch = grown;
  }

  #fail(expected: string): never {
    this.#failAt(this.position, expected);
  }

  #failAt(at: number, expected: string): never {
    if (at >= this.end && !this.final) throw needMoreBytes;
    if (at >= this.end) {
      throw new JsonSyntaxError(this.base + this.end, `the file ends where ${expected} is expected`, true);
    }
    throw new JsonSyntaxError(this.base + at, `expected ${expected}, got ${this.#tokenAt(at)}`);
  }

  /** The offending text, shortened to fit a line. */
  #tokenAt(at: number): string {
    const text = textAt(this.bytes, at, Math.min(at + 24, this.end));
    const word = /^[\w.+-]+/.exec(text)?.[0] ?? text.slice(0, 1);
    return /^-?(NaN|Infinity)/.test(word) ? `${word}, which is not valid JSON` : JSON.stringify(word);
  }
}
