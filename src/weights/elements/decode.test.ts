import { describe, expect, it } from 'vitest';
import { decodeFloat32 } from './decode.ts';

describe('decodeFloat32', () => {
  it.each([true, false])('follows the byte order (little-endian: %s)', (little) => {
    const view = new DataView(new ArrayBuffer(8));
    const bytes = (length: number) => new Uint8Array(view.buffer, 0, length);
    view.setFloat32(0, 1.5, little);
    expect([...decodeFloat32(bytes(4), 'float32', little)]).toEqual([1.5]);
    view.setFloat64(0, -0.1, little);
    expect([...decodeFloat32(bytes(8), 'float64', little)]).toEqual([Math.fround(-0.1)]);
    view.setUint16(0, 0xbfc0, little);
    expect([...decodeFloat32(bytes(2), 'bfloat16', little)]).toEqual([-1.5]);
    view.setUint16(0, 0x3c01, little);
    expect([...decodeFloat32(bytes(2), 'float16', little)]).toEqual([1 + 2 ** -10]);
    view.setBigInt64(0, -5n, little);
    expect([...decodeFloat32(bytes(8), 'int64', little)]).toEqual([-5]);
    view.setUint32(0, 0xffffff00, little);
    expect([...decodeFloat32(bytes(4), 'uint32', little)]).toEqual([0xffffff00]);
  });

  it('reads float32 that is not aligned', () => {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setFloat32(5, 2.5, true);
    expect([...decodeFloat32(bytes.subarray(5), 'float32')]).toEqual([2.5]);
  });
});
