import { describe } from 'vitest';
import { describeStages } from '../support/stage-parity.ts';
import { describeWithTorchvision } from '../support/torchvision.ts';

// On the other pictures many of these networks' scores are 1 but for rounding, and the order of detections is chance.
describeWithTorchvision('full-size models on MobileNetV3, stage by stage', () => {
  describe.each([
    ['fasterrcnn_mobilenet_v3_large_fpn', ['nothing']],
    ['fasterrcnn_mobilenet_v3_large_320_fpn', ['landscape']],
    ['maskrcnn_mobilenet_v3_large_fpn', ['portrait']],
  ] as const)('%s', async (arch, pictures) => {
    await describeStages(arch, pictures);
  });
});
