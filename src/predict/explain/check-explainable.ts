import type { ModelConfig } from '../../config/schema.ts';
import { UsageError } from '../../core/errors.ts';

/**
 * Explaining shows torchvision's steps one by one; variants that take others are not drawn.
 * @throws UsageError that names the settings which it cannot show.
 */
export function checkExplainable({ structure, fpn, rpn, box, mask }: ModelConfig): void {
  const settings: [name: string, value: string, shown: string][] = [
    ['structure', structure, 'fpn'],
    ['fpn.maps', fpn.maps, 'strides4to32'],
    ['rpn.anchors.placement', rpn.anchors.placement, 'rounded'],
    ['box.head.pool.kind', box.head.pool.kind, 'roiAlign'],
    ['box.head.pool.mode', box.head.pool.mode, 'avg'],
  ];
  if (mask) {
    settings.push(
      ['mask.pool.kind', mask.pool.kind, 'roiAlign'],
      ['mask.pool.mode', mask.pool.mode, 'avg'],
      ['mask.output', mask.output, 'sigmoid'],
      ['mask.paste', mask.paste, 'wholePixels'],
    );
  }
  const others = settings.filter(([, value, shown]) => value !== shown);
  if (others.length === 0) return;
  const listed = others.map(([name, value, shown]) => `${name} is ${value}, expected ${shown}`);
  throw new UsageError(`cannot explain this variant of the model: ${listed.join('; ')}`);
}
