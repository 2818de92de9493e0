import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { applyOverrides } from '../config/overrides.ts';
import { presetConfig } from '../config/presets.ts';
import { seededRandom } from '../core/random.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import { expectedWeights } from '../model/inference-graphs.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { adoptWeights, initialWeights } from './initial-weights.ts';

/** A model with a narrow backbone and box head, so that it is quickly drawn. */
function configOf(count: number, narrower: object = {}) {
  const categories = Array.from({ length: count }, (_, i) => ({ id: i + 1, name: `c${i}` }));
  const preset = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), categories);
  const narrow = { backbone: { width: 8 }, box: { head: { fullyConnected: [128, 128] } } };
  return applyOverrides('test', preset, { ...narrow, ...narrower });
}

const deviation = ({ data }: Float32Tensor) =>
  Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);

const bytesOf = ({ data }: Float32Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe('initial weights', () => {
  const weights = initialWeights(expectedWeights(configOf(2)), seededRandom(1));
  const of = (name: string) => weights.get(name) as Float32Tensor;

  it.each([
    // √(2 / fan out) of torchvision's ResNet, the RPN's 0.01, U(±√(3 / fan in)) of its FPN, U(±1/√fan in) of nn.Linear.
    ['backbone.body.layer4.1.conv1.weight', Math.sqrt(2 / (64 * 9))],
    ['rpn.head.conv.0.0.weight', 0.01],
    ['backbone.fpn.layer_blocks.0.0.weight', 1 / Math.sqrt(256 * 9)],
    ['roi_heads.box_head.fc7.weight', 1 / Math.sqrt(3 * 128)],
    ['roi_heads.mask_head.0.0.weight', Math.sqrt(2 / (256 * 9))],
  ])('%s spread as torchvision draws them', (name, expected) => {
    expect(deviation(of(name)) / expected).toBeCloseTo(1, 1);
  });

  it('leave norms the identity and biases zero', () => {
    expect(new Set(of('backbone.body.bn1.weight').data)).toEqual(new Set([1]));
    expect(new Set(of('backbone.body.bn1.running_var').data)).toEqual(new Set([1]));
    expect(new Set(of('backbone.body.bn1.running_mean').data)).toEqual(new Set([0]));
    expect(new Set(of('roi_heads.box_head.fc6.bias').data)).toEqual(new Set([0]));
  });
});

describe('weights of another model', () => {
  const random = seededRandom(2);
  const narrower = { fpn: { channels: 16 }, mask: { convolutions: [16], deconvolution: 16 } };
  const shapes = expectedWeights(configOf(2, narrower));
  const source = initialWeights(expectedWeights(configOf(4, narrower)), seededRandom(3));

  it('are adopted except for the predictors of other classes, with a note', async () => {
    const { weights, notes } = await adoptWeights(shapes, memoryWeights('a.pth', source), {
      random,
      keepPredictors: false,
    });
    expect(notes).toEqual(['a.pth: the classes differ, so the layers that predict them are re-initialised']);
    for (const [name, tensor] of weights) {
      expect(tensor.shape).toEqual(shapes.get(name));
      if (!/box_predictor|mask_fcn_logits/.test(name)) {
        // Compared as bytes, which is faster than number by number.
        expect(bytesOf(tensor).equals(bytesOf(source.get(name) as Float32Tensor)), name).toBe(true);
      }
    }
    // A copy: training must not change the file's tensors.
    expect(weights.get('rpn.head.conv.0.0.weight')?.data).not.toBe(
      source.get('rpn.head.conv.0.0.weight')?.data,
    );
  });

  it('may be a backbone alone', async () => {
    const backbone = new Map([...source].filter(([name]) => name.startsWith('backbone.body.')));
    const { weights, notes } = await adoptWeights(shapes, memoryWeights('b.pth', backbone), {
      random,
      keepPredictors: false,
    });
    expect(weights.size).toBe(shapes.size);
    expect(notes.at(-1)).toMatch(/^b.pth: \d+ weights outside the backbone not in the file: re-initialised$/);
  });

  it('of another shape, or without a backbone, are refused by name', async () => {
    const options = { random, keepPredictors: false };
    const wrong = new Map(source).set('rpn.head.cls_logits.bias', float32Tensor([7], new Float32Array(7)));
    await expect(adoptWeights(shapes, memoryWeights('c.pth', wrong), options)).rejects.toThrow(
      'c.pth: rpn.head.cls_logits.bias has [7], expected [3]',
    );
    await expect(adoptWeights(shapes, memoryWeights('d.pth', new Map()), options)).rejects.toThrow(
      'd.pth: lacks backbone.body.',
    );
  });
});
