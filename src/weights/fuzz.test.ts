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

/** Bytes that a damaged file of a few KiB may make a reader hold at once. */
const maxTensorBytes = 2 ** 27;

type Reader = (source: ByteSource) => Promise<WeightFile>;

/** Reads everything, and gives what an importer may throw. */
async function readAll(read: Reader, bytes: Uint8Array): Promise<unknown> {
  try {
    const file = await read(memorySource('damaged', bytes));
    for (const key of file.keys()) {
      expect(4 * sizeOf(file.shapeOf(key))).toBeLessThan(maxTensorBytes);
      await file.read(key);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A copy with up to four bytes changed: to anything, by one bit, or to the extremes of a length or an offset. */
function withFlips(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = new Uint8Array(bytes);
  for (let flips = random.integer(4); flips >= 0; flips--) {
    const at = random.integer(damaged.length);
    const choices = [random.integer(256), damaged[at]! ^ (1 << random.integer(8)), 0, 0xff, 0x7f, 0x80];
    damaged[at] = choices[random.integer(choices.length)]!;
  }
  return damaged;
}

/** A copy with a run of bytes left out, or taken twice. */
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
      expect(await readAll(read, bytes.subarray(0, length)), String(length)).toBeInstanceOf(InputError);
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
      if (error === undefined) continue;
      refused++;
      // The stack of anything else tells where it came from.
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toMatch(/^damaged: /);
      expect(error.message.split('\n')).toHaveLength(1);
    }
    expect(refused).toBeGreaterThan(100);
  });
});
