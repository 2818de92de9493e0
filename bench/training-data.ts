import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawNuclei } from '../examples/demo/draw-nuclei.ts';
import { architectureNamed } from '../src/config/architectures.ts';
import { parseModelConfig } from '../src/config/parse.ts';
import { presetConfig } from '../src/config/presets.ts';
import type { ModelConfig } from '../src/config/schema.ts';
import { seededRandom } from '../src/core/random.ts';
import { expectedWeights } from '../src/model/inference-graphs.ts';
import { initialWeights } from '../src/train/initial-weights.ts';
import { writeSafetensors } from '../src/weights/safetensors/writer.ts';
import { memoryWeights } from '../src/weights/weight-file.ts';

/** The training task of both sides: a batch of drawn pictures and a network. */
export interface TrainingCase {
  readonly config: ModelConfig;
  readonly trainableStages: number;
  readonly optimizer: 'sgd' | 'adamW';
  readonly pictures: { readonly count: number; readonly width: number; readonly height: number };
  /** Nuclei per picture. */
  readonly objects: number;
}

/** Cases by name; `test/oracle/bench_training.py` builds the same networks from torchvision's parts. */
export const trainingCases: Readonly<Record<string, TrainingCase>> = {
  resnet50: {
    config: presetConfig(architectureNamed('maskrcnn_resnet50_fpn')),
    trainableStages: 3,
    optimizer: 'sgd',
    pictures: { count: 1, width: 1066, height: 800 },
    objects: 30,
  },
  small: {
    config: smallConfig(),
    trainableStages: 5,
    optimizer: 'adamW',
    pictures: { count: 4, width: 400, height: 400 },
    objects: 30,
  },
};

/** ResNet-18 with half the usual channels, for microscopy; everything is trained, with batch statistics. */
function smallConfig(): ModelConfig {
  const { backbone, preprocess, fpn, rpn, box, mask, ...rest } = presetConfig(
    architectureNamed('maskrcnn_resnet18_fpn'),
    [{ id: 1, name: 'nucleus' }],
  );
  return parseModelConfig('bench', {
    ...rest,
    backbone: { ...backbone, norm: { kind: 'batchNorm', eps: 1e-5 } },
    preprocess: { ...preprocess, minSize: 400, maxSize: 800 },
    fpn: { ...fpn, channels: 128 },
    rpn: { ...rpn, anchors: { ...rpn.anchors, sizes: [[16], [32], [64], [128], [256]] } },
    box: { ...box, head: { ...box.head, fullyConnected: [512, 512] } },
    mask: { ...mask, convolutions: [128, 128, 128, 128], deconvolution: 128 },
  });
}

/** Writes a case's weights and pictures, with their truth, into a folder unless they exist. */
export async function prepareCase(name: string, folder: string): Promise<void> {
  const { config, pictures, objects } = trainingCases[name];
  mkdirSync(folder, { recursive: true });
  const weightFile = join(folder, 'weights.safetensors');
  if (!existsSync(weightFile)) {
    const weights = initialWeights(expectedWeights(config), seededRandom(1));
    // Small residual branches keep the activations of a deep network without batch norm finite.
    for (const [key, { data }] of weights) if (key.endsWith('.bn3.weight')) data.fill(0.2);
    await writeSafetensors(weightFile, memoryWeights(weightFile, weights), { metadata: {} });
  }
  const truths: PictureTruth[] = [];
  for (let n = 0; n < pictures.count; n++) {
    const drawn = drawNuclei({ seed: n + 1, ...pictures, count: objects, radius: 20 });
    const { width, height, data } = drawn.picture;
    const png = sharp(data, { raw: { width, height, channels: 3 } }).png();
    const file = `${n}.png`;
    writeFileSync(join(folder, file), await png.toBuffer());
    truths.push({
      file,
      boxes: drawn.nuclei.map(({ box }) => box),
      masks: drawn.nuclei.map(({ mask }) => ({ size: mask.size, counts: [...mask.counts] })),
    });
  }
  writeFileSync(join(folder, 'truth.json'), JSON.stringify(truths));
}

/** The objects in a picture: boxes x1, y1, x2, y2 in pixels, masks as RLE. Every class is 1. */
export interface PictureTruth {
  readonly file: string;
  readonly boxes: readonly (readonly number[])[];
  readonly masks: readonly { size: readonly [number, number]; counts: readonly number[] }[];
}
