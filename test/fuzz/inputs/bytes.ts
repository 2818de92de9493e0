import fc from 'fast-check';

type Edit = (bytes: Buffer) => Buffer;

const position = fc.double({ min: 0, max: 1, noNaN: true });

const interesting = [0, 1, 0x7f, 0x80, 0xff, 0xda, 0xd8, 0x2e, 0x52, 0x63, 0x28, 0x22, 0x5b, 0x7b];

const byte = fc.oneof(fc.constantFrom(...interesting), fc.nat(255));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(position, byte).map(
    ([at, value]): Edit =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        if (bytes.length > 0) changed[Math.min(bytes.length - 1, Math.floor(at * bytes.length))] = value;
        return changed;
      },
  ),
  position.map(
    (at): Edit =>
      (bytes) =>
        bytes.subarray(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(position, position, fc.integer({ min: 0, max: 50 })).map(
    ([from, to, times]): Edit =>
      (bytes) => {
        const [start, end] = [from, to].sort((a, b) => a - b).map((at) => Math.floor(at * bytes.length));
        const part = bytes.subarray(start, Math.min(end, start + 4096));
        return Buffer.concat([
          bytes.subarray(0, start),
          ...Array<Buffer>(times).fill(part),
          bytes.subarray(start),
        ]);
      },
  ),
  fc.tuple(position, fc.constantFrom(1, 2, 4, 8), fc.constantFrom(0, 1, 0xffff, 0x7fffffff, 0xffffffff)).map(
    ([at, width, value]): Edit =>
      (bytes) => {
        if (bytes.length < width) return bytes;
        const changed = Buffer.from(bytes);
        const start = Math.floor(at * (bytes.length - width));
        for (let i = 0; i < width; i++) changed[start + i] = i < 4 ? (value >>> (8 * i)) & 0xff : 0;
        return changed;
      },
  ),
);

/** Changes that know nothing of a format: bytes, lengths, cuts and repeated parts. */
export const byteEdits: fc.Arbitrary<Edit> = fc
  .array(edit, { maxLength: 4 })
  .map((edits) => (bytes) => edits.reduce((now, change) => change(now), bytes));

/** Sound files, some of them changed. */
export function editedFiles(files: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.constantFrom(...files), byteEdits).map(([file, change]) => change(Buffer.from(file)));
}
