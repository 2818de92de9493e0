import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goldenPath } from '../../test/support/golden-weights.ts';
import { InputError } from '../core/errors.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { sizeOf } from '../core/tensor.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { readSafetensors } from './safetensors/reader.ts';
import { readPth } from './torch/reader.ts';
import type { WeightFile } from './weight-file.ts';

// Conditions inside the loops throw instead of calling `expect`, which would take most of the time.

/** Bytes that a damaged file of a few KiB may make a reader hold at once. */
const maxTensorBytes = 2 ** 27;

type Reader = (source: ByteSource) => Promise<WeightFile>;

/**
 * Reads every tensor.
 * @returns The reader's `InputError`, or null if it succeeds.
 * @throws Anything else that it throws.
 */
async function readAll(read: Reader, bytes: Uint8Array): Promise<InputError | null> {
  try {
    const file = await read(memorySource('damaged', bytes));
    for (const key of file.keys()) {
      const size = 4 * sizeOf(file.shapeOf(key));
      if (size >= maxTensorBytes) throw new Error(`${key} claims ${size} bytes`);
      await file.read(key);
    }
    return null;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/** A copy with up to four bytes changed: to any value, by one bit, or to the extremes of a length or an offset. */
function withFlips(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = new Uint8Array(bytes);
  for (let flips = random.integer(4); flips >= 0; flips--) {
    const at = random.integer(damaged.length);
    const choices = [random.integer(256), damaged[at]! ^ (1 << random.integer(8)), 0, 0xff, 0x7f, 0x80];
    damaged[at] = choices[random.integer(choices.length)]!;
  }
  return damaged;
}

/** A copy with a run of bytes dropped or repeated. */
function withShift(bytes: Uint8Array, random: Random): Uint8Array {
  const [a, b] = [random.integer(bytes.length), random.integer(bytes.length)];
  return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b)]);
}

const files: [string, Reader][] = [
  ['plain.safetensors', readSafetensors],
  ['zip.pth', readPth],
  ['protocol4.pth', readPth],
  ['legacy.pth', readPth],
  ['checkpoint.pth', readPth],
  ['checkpoint-legacy.pth', readPth],
  ['evil-zip.pth', readPth],
];

describe.each(files)('%s, damaged', (name, read) => {
  const bytes = new Uint8Array(readFileSync(goldenPath(name)));

  it('gives an InputError at every length that it is cut to', async () => {
    for (let length = 0; length < bytes.length; length++) {
      const error = await readAll(read, bytes.subarray(0, length));
      if (error === null) expect.fail(`is read although it is cut to ${length} bytes`);
    }
  });

  it.each([
    ['flipped', withFlips],
    ['shifted', withShift],
  ])('gives an InputError or tensors where bytes are %s', async (_, damage) => {
    const random = seededRandom(bytes.length);
    let refused = 0;
    for (let round = 0; round < 1500; round++) {
      const error = await readAll(read, damage(bytes, random));
      if (error === null) continue;
      refused++;
      if (!/^damaged: .*$/.test(error.message)) expect.fail(`not one line about the file: ${error.message}`);
    }
    expect(refused).toBeGreaterThan(100);
  });
});
