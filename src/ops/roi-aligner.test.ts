import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { seededRandom } from '../core/random.ts';
import { float32Tensor } from '../core/tensor.ts';
import { channelsLastOf } from './channels-last.ts';
import { roiAlign } from './roi-align.ts';
import { RoiAligner, type RoiGroup } from './roi-aligner.ts';

const random = seededRandom(1);
const options = { resolution: 7, samplingRatio: 2, spatialScale: 0.25, aligned: false };

/** Two maps of 13×17 and RoIs on both; some extend beyond the map, one lies outside, one is empty. */
function group(channels: number, of: Partial<typeof options>) {
  const shape = [2, channels, 13, 17];
  const maps = float32Tensor(
    shape,
    Float32Array.from({ length: 2 * channels * 13 * 17 }, () => random.uniform() - 0.5),
  );
  const boxes = Float32Array.from(
    { length: 4 * 12 },
    (_, i) => random.uniform() * 60 + (i % 4 < 2 ? -20 : 30),
  );
  boxes.set([500, 500, 520, 530], 0);
  boxes.set([10, 10, 10, 10], 4);
  const batchIndex = Array.from({ length: 12 }, (_, i) => i % 2);
  const settings = { ...options, ...of };
  const roiGroup: RoiGroup = {
    maps: { height: 13, width: 17, channels },
    ...channelsLastOf(maps),
    boxes,
    batchIndex,
    options: settings,
  };
  return { roiGroup, expected: roiAlign(maps, boxes, batchIndex, settings) };
}

describe('RoiAligner', () => {
  // 4 channels are one vector, 16 four vectors side by side, 36 both.
  it.each([
    [4, {}],
    [16, { aligned: true }],
    [36, { resolution: 14 }],
    [20, { resolution: 3, samplingRatio: 0 }],
  ])('pools %i channels as the reference does, %o', (channels, of) => {
    const { roiGroup, expected } = group(channels, of);
    expect(largestDifference(new RoiAligner().pool([roiGroup]), expected)).toBeLessThan(1e-6);
  });

  it.each([
    [4, {}],
    [36, { resolution: 14, samplingRatio: 0 }],
  ])('pools %i channels of bytes as of what they stand for, %o', (channels, of) => {
    const { roiGroup } = group(channels, of);
    const scale = { scale: 1 / 200, zeroPoint: 90 };
    const bytes = Uint8Array.from(roiGroup.data, () => random.integer(256));
    const floats = Float32Array.from(bytes, (byte) => scale.scale * (byte - scale.zeroPoint));
    const expected = new RoiAligner().pool([{ ...roiGroup, data: floats }]);
    const aligner = new RoiAligner();
    // Beside maps in floats, and in its own memory.
    const all = aligner.pool([{ ...roiGroup, data: bytes, scale }, roiGroup]);
    expect(largestDifference(all.slice(0, expected.length), expected)).toBeLessThan(1e-5);
    expect(all.slice(expected.length)).toEqual(new RoiAligner().pool([roiGroup]));
    const holding = new RoiAligner();
    const [start] = holding.hold([bytes.byteLength]);
    holding.view('uint8', start, bytes.length).set(bytes);
    const pooled = holding.pool([{ ...roiGroup, data: holding.view('uint8', start, bytes.length), scale }]);
    expect(largestDifference(pooled, expected)).toBeLessThan(1e-5);
  });

  it('puts the groups one after another, in a memory that grows', () => {
    const aligner = new RoiAligner();
    const [small, large] = [group(8, { resolution: 2 }), group(64, { resolution: 14 })];
    expect(largestDifference(aligner.pool([small.roiGroup]), small.expected)).toBeLessThan(1e-6);
    const twice = aligner.pool([large.roiGroup, large.roiGroup]);
    expect(largestDifference(twice.subarray(large.expected.length), large.expected)).toBeLessThan(1e-6);
    expect(largestDifference(aligner.pool([small.roiGroup]), small.expected)).toBeLessThan(1e-6);
  });

  it('pools from maps that it holds, also after its memory has grown', () => {
    const aligner = new RoiAligner();
    const groups = [group(8, {}).roiGroup, group(8, {}).roiGroup];
    const starts = aligner.hold(groups.map(({ data }) => data.byteLength));
    const viewOf = (i: number) => aligner.view('float32', starts[i], groups[i].data.length);
    groups.forEach(({ data }, i) => {
      viewOf(i).set(data);
    });
    const held = viewOf(0);
    const inPlace = () => groups.map((each, i) => ({ ...each, data: viewOf(i) }));
    const expected = new RoiAligner().pool(groups);
    expect(largestDifference(aligner.pool(inPlace()), expected)).toBe(0);
    const other = group(64, { resolution: 14 });
    expect(largestDifference(aligner.pool([other.roiGroup]), other.expected)).toBeLessThan(1e-6);
    expect(held).toHaveLength(0); // the memory has grown
    expect(largestDifference(aligner.pool(inPlace()), expected)).toBe(0);
  });

  it('gives an empty result without RoIs', () => {
    const { roiGroup } = group(8, {});
    const none = { ...roiGroup, boxes: new Float32Array(0), batchIndex: [] };
    expect(new RoiAligner().pool([none])).toHaveLength(0);
  });
});
