import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWeights } from '../../src/weights/open-weights.ts';
import { describeStages } from './stage-parity.ts';
import { describeWithTorchvision } from './torchvision.ts';

/**
 * Compares a full-size architecture with torchvision, stage by stage. A test file for each, since each takes minutes.
 * @param pictureNames `large` and `nothing` among them.
 */
export function describeFullSize(arch: string, pictureNames: readonly string[]): void {
  describeWithTorchvision('full-size models, stage by stage', () => {
    describe(arch, async () => {
      const { folder, manifest } = await describeStages(arch, pictureNames);

      it('finds dozens of objects of many classes, and nothing where there is nothing', async () => {
        for (const name of pictureNames) {
          const { detections } = manifest[name];
          if (name === 'nothing') expect(detections).toBe(0);
          else expect(detections, name).toBeGreaterThan(24);
        }
        const large = await openWeights(join(folder, manifest.large.stages));
        const labels = await large.read('detections.labels');
        await large.close();
        expect(new Set(labels.data).size).toBeGreaterThan(12);
      });
    });
  });
}
