import { expect, it } from 'vitest';
import { float32Tensor } from '../core/tensor.ts';
import { ChannelsLastMaps, channelsLastOf } from './channels-last.ts';

// Two maps of 1×3 pixels and 2 channels; the tens are the channel, the units the pixel.
const first = float32Tensor([2, 2, 1, 3], Float32Array.of(1, 2, 3, 11, 12, 13, 4, 5, 6, 14, 15, 16));
const last = float32Tensor([2, 1, 3, 2], Float32Array.of(1, 11, 2, 12, 3, 13, 4, 14, 5, 15, 6, 16));

it('shows channels-last numbers as a tensor [N, C, H, W]', () => {
  const maps = new ChannelsLastMaps({ tensor: last });
  expect(maps.shape).toEqual(first.shape);
  expect([...maps.data]).toEqual([...first.data]);
  expect(maps.data).toBe(maps.data);
  expect(channelsLastOf(maps).data).toBe(last.data);
});

it('shows bytes as what they stand for', () => {
  const tensor = { dtype: 'uint8', shape: last.shape, data: Uint8Array.from(last.data) } as const;
  const maps = new ChannelsLastMaps({ tensor, scale: { scale: 0.5, zeroPoint: 2 } });
  expect([...maps.data]).toEqual([...first.data].map((value) => 0.5 * (value - 2)));
  expect(channelsLastOf(maps).data).toBe(tensor.data);
});

it('reorders other tensors', () => {
  expect([...channelsLastOf(first).data]).toEqual([...last.data]);
});
