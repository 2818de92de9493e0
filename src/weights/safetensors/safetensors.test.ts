import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGoldenTensors, goldenPath } from '../../../test/support/golden-weights.ts';
import { float32Tensor } from '../../core/tensor.ts';
import { memorySource } from '../byte-source.ts';
import { openFileSource } from '../file-source.ts';
import { memoryWeights, type WeightFile } from '../weight-file.ts';
import { readSafetensors } from './reader.ts';
import { encodeSafetensors, writeSafetensors } from './writer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file with any header, well-formed or not. */
function fileWith(header: unknown, dataLength: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const open = (bytes: Uint8Array) => readSafetensors(memorySource('x.safetensors', bytes));

describe('readSafetensors', () => {
  it('reads every dtype as the reference library wrote it', async () => {
    const file = await readSafetensors(await openFileSource(goldenPath('plain.safetensors')));
    expect(file.metadata).toEqual({ format: 'pt', title: 'héllo' });
    await expectGoldenTensors(file);
    await file.close();
  });

  it('keeps a key named __proto__ a key', async () => {
    const json = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const file = await open(fileWith(json, 4));
    expect(file.keys()).toEqual(['__proto__']);
  });

  const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /not a safetensors file: it has 0 bytes/],
    ['a giant header length', new Uint8Array(16).fill(0xff), /declares a header of/],
    ['a header beyond the end', fileWith('{}', 0).subarray(0, 9), /truncated: its header ends at byte 10/],
    ['a header that is not JSON', fileWith('{"a"', 0), /not JSON/],
    ['a header that is a list', fileWith('[]', 0), /not a JSON object/],
    ['deeply nested JSON', fileWith('['.repeat(100_000), 0), /not JSON/],
    ['metadata that are not strings', fileWith({ __metadata__: { a: 1 } }, 0), /entry a is not a string/],
    ['an unknown dtype', fileWith({ a: { ...one, dtype: 'F8_E4M3' } }, 4), /tensor a: dtype "F8_E4M3"/],
    ['a negative size', fileWith({ a: { ...one, shape: [-1] } }, 4), /tensor a: its shape/],
    ['a fractional offset', fileWith({ a: { ...one, data_offsets: [0.5, 4.5] } }, 4), /data_offsets/],
    ['a shape that does not fit', fileWith({ a: { ...one, shape: [2] } }, 4), /needs 8 bytes, has 4/],
    ['a shape beyond 2^53', fileWith({ a: { ...one, shape: [2 ** 40, 2 ** 40] } }, 4), /has 4$/],
    ['overlapping tensors', fileWith({ a: one, b: one }, 8), /tensor b overlaps/],
    ['a gap', fileWith({ a: { ...one, data_offsets: [4, 8] } }, 8), /4 bytes before tensor a/],
    ['data cut short', fileWith({ a: one }, 3), /truncated: its tensors take 4 bytes, 3 follow/],
    ['data too long', fileWith({ a: one }, 5), /1 bytes after the last tensor/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
    await expect(open(bytes)).rejects.toMatchObject({ name: 'InputError', source: 'x.safetensors' });
  });
});

async function collect(
  file: WeightFile,
  options: Parameters<typeof encodeSafetensors>[1],
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSafetensors(file, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('writeSafetensors', () => {
  it('gives back names, shapes, values and metadata', async () => {
    const golden = await readSafetensors(await openFileSource(goldenPath('plain.safetensors')));
    const path = join(folder, 'copy.safetensors');
    await writeSafetensors(path, golden, { metadata: { config: '{"a":1}' } });
    const copy = await readSafetensors(await openFileSource(path));
    expect(copy.metadata).toEqual({ config: '{"a":1}' });
    expect(copy.dtypeOf('num_batches_tracked')).toBe('int64');
    expect(copy.dtypeOf('float16')).toBe('float32');
    await expectGoldenTensors(copy, { dtypes: false });
    await copy.close();
    await golden.close();
  });

  it('stores matrices as float16 and vectors as float32 in half precision, all aligned', async () => {
    const weights = memoryWeights(
      'memory',
      new Map([
        ['bias', float32Tensor([1], Float32Array.of(1e-9))],
        ['weight', float32Tensor([1, 3], Float32Array.of(1, 2.0001, -3))],
        ['other', float32Tensor([2], Float32Array.of(4, 5))],
      ]),
    );
    const bytes = await collect(weights, { dtype: 'float16' });
    const file = await open(bytes);
    expect(file.keys()).toEqual(['bias', 'other', 'weight']);
    expect(file.dtypeOf('weight')).toBe('float16');
    expect([...(await file.read('weight')).data]).toEqual([1, 2, -3]);
    expect((await file.read('bias')).data[0]).toBe(Math.fround(1e-9));
    const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
  });

  it('names a tensor whose values leave float16', async () => {
    const weights = memoryWeights('memory', new Map([['w', float32Tensor([1, 1], Float32Array.of(70000))]]));
    await expect(collect(weights, { dtype: 'float16' })).rejects.toThrow(/^w: 70000 does not fit float16/);
  });

  it('leaves no file behind if a tensor cannot be read', async () => {
    const path = join(folder, 'broken.safetensors');
    const bytes = await readFile(goldenPath('plain.safetensors'));
    await writeFile(join(folder, 'source.safetensors'), bytes);
    const file = await readSafetensors(await openFileSource(join(folder, 'source.safetensors')));
    await writeFile(join(folder, 'source.safetensors'), bytes.subarray(0, bytes.length - 100));
    await expect(writeSafetensors(path, file)).rejects.toThrow(/was truncated while/);
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
    await file.close();
  });
});

describe('int8 rows', () => {
  const values = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i) * (i + 1));
  const weights = memoryWeights('x', new Map([['w', float32Tensor([3, 2, 2], values)]]));

  it('read as values, at most half a step from those that were written', async () => {
    const path = join(folder, 'int8.safetensors');
    await writeSafetensors(path, weights, { int8: new Set(['w']) });
    const file = await readSafetensors(await openFileSource(path));
    expect(file.keys()).toEqual(['w']);
    const { shape, data } = await file.read('w');
    expect(shape).toEqual([3, 2, 2]);
    data.forEach((value, i) => {
      const row = values.subarray(4 * Math.floor(i / 4), 4 * Math.floor(i / 4) + 4);
      const step = row.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / 127;
      expect(Math.abs(value - values[i])).toBeLessThanOrEqual(step / 2 + 1e-6);
    });
    await file.close();
  });

  it('without scales of their size are whole numbers', async () => {
    const header = {
      w: { dtype: 'I8', shape: [2, 2], data_offsets: [4, 8] },
      'w.int8_scales': { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    };
    const file = await open(fileWith(header, 8));
    expect([...(await file.read('w')).data]).toEqual([0, 0, 0, 0]);
  });
});
