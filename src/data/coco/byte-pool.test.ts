import { expect, it } from 'vitest';
import { JsonBytes } from '../json/bytes.ts';
import { BytePool } from './byte-pool.ts';

const blockBytes = 1 << 22;

function jsonOf(text: string): JsonBytes {
  const json = new JsonBytes();
  json.take(new TextEncoder().encode(JSON.stringify(text)));
  return json;
}

it.each([0, 1, 7, 8, 100])('keeps what follows a piece that leaves %i bytes of a block', (left) => {
  const pool = new BytePool();
  pool.keep(new Uint8Array(blockBytes - left).fill(1));
  const kept = () => pool.blocks[pool.block].subarray(pool.start, pool.start + pool.length);
  const text = String.raw`ab\cd"/é`;
  pool.keepText(jsonOf(text));
  expect(new TextDecoder().decode(kept())).toBe(text);
  pool.keepNumbers(Float64Array.of(1.5, 2.5, 9), 2);
  expect(pool.start % 8).toBe(0);
  expect(Array.from(new Float64Array(pool.blocks[pool.block].buffer, pool.start, 2))).toEqual([1.5, 2.5]);
  pool.keepText(jsonOf('x'.repeat(2 * blockBytes)));
  expect(pool.length).toBe(2 * blockBytes);
  expect(kept().every((byte) => byte === 0x78)).toBe(true);
});
