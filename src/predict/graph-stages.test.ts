import { expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { float32Tensor } from '../core/tensor.ts';
import { roiInputNames } from '../model/roi-features.ts';
import { levelsOf } from '../model/structure.ts';
import type { Session, Tensors } from '../runtime/runtime.ts';
import { predictMasks } from './graph-stages.ts';

const levels = levelsOf(presetConfig(architectureNamed('maskrcnn_resnet50_fpn')));

/** A branch whose mask, of one pixel, tells the box and the label that it was given. */
function tellingSession(runs: number[]): Session {
  return {
    async run(inputs: Tensors) {
      const corners = levels.roi.flatMap(({ name }) => {
        const { data } = inputs[roiInputNames(name).boxes];
        return Array.from({ length: data.length / 4 }, (_, i) => Number(data[4 * i]));
      });
      runs.push(corners.length);
      const told = corners.map((x, i) => 1000 * Number(inputs.labels.data[i]) + x);
      return { masks: float32Tensor([told.length, 1, 1], Float32Array.from(told)) };
    },
    release: async () => {},
  };
}

it('runs the mask branch on some boxes at a time, and keeps their order over levels and parts', async () => {
  const count = 150;
  const boxes = new Float32Array(4 * count);
  // Of all sizes, so that neighbours are on different levels.
  for (let i = 0; i < count; i++) boxes.set([i, 0, i + 10 * 3 ** (i % 5), 10 * 3 ** (i % 5)], 4 * i);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 7);
  const runs: number[] = [];
  const pyramid = { p2: float32Tensor([1, 64, 1, 1], new Float32Array(64)) };
  const masks = await predictMasks(tellingSession(runs), { pyramid, levels }, { boxes, labels });
  expect(runs).toEqual([50, 50, 50]);
  expect(masks.shape).toEqual([count, 1, 1]);
  expect([...masks.data]).toEqual(Array.from(labels, (label, i) => 1000 * label + i));
});

it('runs the mask branch once where there is no box', async () => {
  const runs: number[] = [];
  const pyramid = { p2: float32Tensor([1, 64, 1, 1], new Float32Array(64)) };
  const nothing = { boxes: new Float32Array(0), labels: new Int32Array(0) };
  const masks = await predictMasks(tellingSession(runs), { pyramid, levels }, nothing);
  expect(runs).toEqual([0]);
  expect(masks.shape).toEqual([0, 1, 1]);
});
