import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { float32Tensor } from '../core/tensor.ts';
import { refineProposals, selectDetections } from './detections.ts';

// Agreement with torchvision is tested on whole models (test/contract/inference-golden.test.ts).
const { box } = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'));
const config = { ...box, scoreThreshold: 0.1, detectionsPerImage: 2 };
const picture = { height: 60, width: 90 };
const proposals = Float32Array.of(0, 0, 20, 20, 1, 0, 21, 20, 40, 10, 80, 50, 90, 0, 95, 5);
// Background and two classes; the deltas of the second class move a box right by a tenth of its width.
const scores = float32Tensor(
  [4, 3],
  Float32Array.of(0.25, 0.5, 0.25, 0.25, 0.625, 0.125, 0.5, 0, 0.5, 0, 0.5, 0.5),
);
const deltas = float32Tensor(
  [4, 12],
  Float32Array.from({ length: 48 }, (_, i) => (i % 12 === 8 ? 1 : 0)),
);

describe('detections', () => {
  const { candidates, survivors, ...selected } = selectDetections(
    { scores, deltas },
    proposals,
    config,
    picture,
  );

  it('carry the proposal that each was made from', () => {
    expect([...selected.scores]).toEqual([0.625, 0.5]);
    expect([...selected.labels]).toEqual([1, 2]);
    expect([...selected.origins]).toEqual([1, 2]);
    expect([...selected.boxes]).toEqual([1, 0, 21, 20, 44, 10, 84, 50]);
  });

  it('carry what each class was before and after NMS, without boxes outside the picture', () => {
    expect(candidates.map(({ origins }) => [...origins])).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
    expect(survivors.map(({ origins }) => [...origins])).toEqual([[1], [2, 0]]);
  });

  it('are proposals refined by their class', () => {
    const { codingWeights } = config;
    const refined = refineProposals(
      { scores, deltas },
      proposals,
      { label: 2, rois: [2] },
      { codingWeights, picture },
    );
    expect([...refined.boxes]).toEqual([...selected.boxes.subarray(4)]);
    expect(refined).toMatchObject({ labels: Int32Array.of(2), origins: Uint32Array.of(2) });
  });
});
